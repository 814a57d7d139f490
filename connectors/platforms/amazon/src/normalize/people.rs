//! Who bought and where it goes. Without the role for it Amazon leaves these out; later it takes them away.

use crossdock_connector::address::phone;
use crossdock_schemas::{Address, AddressKind, Order, Party, PartyKind, Protected, TaxId};

use super::Reading;
use crate::codes;
use crate::wire as theirs;

pub(super) fn fill(reading: &mut Reading<'_>, order: &mut Order, given: &theirs::Order<'_>, path: &str) {
    order.buyer = buyer(given);
    let address = given.recipient.as_ref().and_then(|recipient| recipient.delivery_address.as_ref());
    let path = format!("{path}.recipient.deliveryAddress");
    order.ship_to = address.and_then(|given| self::address(reading, given, &path));
}

fn buyer(given: &theirs::Order<'_>) -> Option<Party> {
    let own = given.buyer.as_ref();
    let company = own.and_then(|buyer| buyer.buyer_company_name.owned());
    let name = own.and_then(|buyer| buyer.buyer_name.owned());
    let tax_ids: Vec<TaxId> = given
        .tax
        .iter()
        .flat_map(|tax| &tax.tax_registrations)
        .filter(|found| found.entity_type.text().is_none_or(|kind| kind == "BUYER"))
        .filter_map(|found| {
            let number = found.tax_registration_number.owned()?;
            let scheme = found.tax_registration_type.text().unwrap_or("tax").to_ascii_lowercase();
            Some(TaxId { scheme, value: Protected::plain(number) })
        })
        .collect();
    let buyer = Party {
        kind: if company.is_some() { PartyKind::Company } else { PartyKind::default() },
        // A relay address, good for this order only.
        email: own.and_then(|buyer| buyer.buyer_email.owned()).map(Protected::plain),
        name: company.or(name).map(Protected::plain),
        tax_ids,
        ..Party::default()
    };
    (buyer != Party::default()).then_some(buyer)
}

/// An address; `None` when nothing of it is shown.
pub(super) fn address(reading: &mut Reading<'_>, given: &theirs::Address<'_>, path: &str) -> Option<Address> {
    let kind = given.address_type.text().map(|word| {
        let found = reading.word(codes::address(word), word, &format!("{path}.addressType"));
        (found.unwrap_or(AddressKind::Unknown), word.to_owned())
    });
    let country = given
        .country_code
        .text()
        .map(str::to_ascii_uppercase)
        .filter(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()));
    let state = given.state_or_region.owned();
    let subdivision = match (country.as_deref(), &state) {
        (Some(country @ ("US" | "CA")), Some(state))
            if state.len() == 2 && state.bytes().all(|byte| byte.is_ascii_uppercase()) =>
        {
            Some(format!("{country}-{state}").into())
        }
        _ => None,
    };
    let more = given.extended_fields.as_ref();
    let (kind, kind_raw) = kind.unzip();
    let address = Address {
        name: given.name.owned().map(Protected::plain),
        company: given.company_name.owned(),
        phones: given.phone.text().map(phone).into_iter().collect(),
        country,
        subdivision,
        province: state,
        city: given.city.owned(),
        district: given
            .district_or_county
            .owned()
            .or_else(|| given.county.owned())
            .or_else(|| more.and_then(|more| more.neighborhood.owned())),
        town: given.municipality.owned(),
        line1: given.line1.owned(),
        line2: given.line2.owned(),
        line3: given.line3.owned(),
        street: more.and_then(|more| more.street_name.owned()),
        house_no: more.and_then(|more| more.street_number.owned()),
        unit_no: more.and_then(|more| more.complement.owned()),
        postal_code: given.postal_code.owned(),
        kind,
        kind_raw,
        ..Address::default()
    };
    (address != Address::default()).then_some(address)
}
