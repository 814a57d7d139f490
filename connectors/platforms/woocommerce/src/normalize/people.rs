//! Buyer and addresses. Empty fields are not known, erased and starred ones stay hidden.

use crossdock_connector::wire::Scalar;
use crossdock_schemas::{Address, Code, Party, PartyKind, Phone, Protected};

use crate::read::{id, owned, plain, text};
use crate::wire::{self, Order};

/// What the shop writes over personal data when it erases them.
const ERASED: &str = "[deleted]";
const ERASED_MAIL: &str = "@site.invalid";

/// Who bought: the billing address says who.
pub(super) fn buyer(order: &Order<'_>) -> Option<Party> {
    let billing = order.billing.as_ref();
    let of = |field: fn(&wire::Address<'_>) -> Option<Protected>| billing.and_then(field);
    let company = billing.is_some_and(|billing| text(&billing.company).is_some());
    let buyer = Party {
        id: id(&order.customer_id).map(str::to_owned),
        kind: if company { PartyKind::Company } else { PartyKind::Unknown },
        name: of(|billing| full_name(&billing.first_name, &billing.last_name).map(protected)),
        email: of(|billing| owned(&billing.email).map(protected)),
        phones: billing.and_then(|billing| text(&billing.phone)).map(phone).into_iter().collect(),
        ..Party::default()
    };
    let known =
        buyer.id.is_some() || buyer.name.is_some() || buyer.email.is_some() || !buyer.phones.is_empty();
    known.then_some(buyer)
}

/// Where it goes. Before shops asked for a phone there, plugins kept it in the order's data.
pub(super) fn recipient(order: &Order<'_>) -> Option<Address> {
    let mut address = address(order.shipping.as_ref())?;
    if address.phones.is_empty() {
        let kept = order.meta_data.iter().flatten().find(|meta| text(&meta.key) == Some("_shipping_phone"));
        address.phones.extend(kept.and_then(plain).as_deref().map(phone));
    }
    Some(address)
}

/// An address; `None` when all of it is empty, as for orders with nothing to ship.
pub(super) fn address(given: Option<&wire::Address<'_>>) -> Option<Address> {
    let given = given?;
    let mut address = Address {
        name: full_name(&given.first_name, &given.last_name).map(protected),
        company: owned(&given.company),
        phones: text(&given.phone).map(phone).into_iter().collect(),
        province: owned(&given.state),
        city: owned(&given.city),
        line1: owned(&given.address_1),
        line2: owned(&given.address_2),
        postal_code: owned(&given.postcode),
        ..Address::default()
    };
    if let Some(hidden) = address.line1.take_if(|line| is_hidden(line)) {
        address.protected = Some(Protected::masked(hidden));
    }
    if address == Address::default() {
        return None;
    }
    let country = text(&given.country).map(str::to_ascii_uppercase);
    address.country =
        country.filter(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()));
    address.subdivision = subdivision(given, address.country.as_deref());
    Some(address)
}

/// ISO 3166-2. The shop's codes are its own; those with the country before them and those of these two are the ISO ones.
fn subdivision(given: &wire::Address<'_>, country: Option<&str>) -> Option<Code> {
    let (country, state) = (country?, text(&given.state)?);
    if let Some(rest) = state.strip_prefix(country).and_then(|rest| rest.strip_prefix('-')) {
        let fits = (1..=3).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return fits.then(|| state.into());
    }
    let letters = state.len() == 2 && state.bytes().all(|byte| byte.is_ascii_uppercase());
    // Armed forces have codes for post, but are no part of a country.
    let iso = letters && matches!(country, "US" | "CA") && !matches!(state, "AA" | "AE" | "AP");
    iso.then(|| format!("{country}-{state}").into())
}

fn full_name(first: &Option<Scalar<'_>>, last: &Option<Scalar<'_>>) -> Option<String> {
    match (text(first), text(last)) {
        (Some(ERASED), Some(ERASED)) => Some(ERASED.to_owned()),
        (Some(first), Some(last)) => Some(format!("{first} {last}")),
        (first, last) => first.or(last).map(str::to_owned),
    }
}

fn is_hidden(text: &str) -> bool {
    text == ERASED || text.ends_with(ERASED_MAIL) || text.contains('*')
}

fn protected(text: String) -> Protected {
    if is_hidden(&text) { Protected::masked(text) } else { Protected::plain(text) }
}

/// A phone number; a masked one stays masked.
fn phone(given: &str) -> Phone {
    if is_hidden(given) {
        return Phone { protected: Some(Protected::masked(given)), ..Phone::default() };
    }
    crossdock_connector::address::phone(given)
}
