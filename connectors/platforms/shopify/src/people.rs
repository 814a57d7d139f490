//! Buyer and addresses. Without approval for protected customer data Shopify sends `null`: then nothing is
//! known, which is not the same as empty.

use crossdock_connector::address;
use crossdock_connector::wire::Scalar;
use crossdock_schemas::{Address, Code, Party, PartyKind, Protected};

use crate::read::{owned, text};
use crate::wire;

/// Who bought: the account, else what the order itself says.
pub(crate) fn buyer(order: &wire::Order<'_>) -> Option<Party> {
    let customer = order.customer.as_ref();
    let of = |field: fn(&wire::Customer<'_>) -> Option<String>| customer.and_then(field);
    let email =
        owned(&order.email).or_else(|| owned(&order.contact_email)).or_else(|| of(|c| owned(&c.email)));
    let phone = owned(&order.phone).or_else(|| of(|c| owned(&c.phone)));
    let buyer = Party {
        id: of(|c| owned(&c.id)),
        kind: if order.company.is_some() { PartyKind::Company } else { PartyKind::Unknown },
        name: of(|c| full_name(&c.first_name, &c.last_name)).map(Protected::plain),
        email: email.map(Protected::plain),
        phones: phone.iter().map(|phone| address::phone(phone)).collect(),
        ..Party::default()
    };
    let known =
        buyer.id.is_some() || buyer.name.is_some() || buyer.email.is_some() || !buyer.phones.is_empty();
    known.then_some(buyer)
}

/// An address; `None` when all of it is withheld.
pub(crate) fn address(given: &wire::Address<'_>) -> Option<Address> {
    let name = owned(&given.name).or_else(|| full_name(&given.first_name, &given.last_name));
    let address = Address {
        name: name.map(Protected::plain),
        company: owned(&given.company),
        phones: text(&given.phone).map(address::phone).into_iter().collect(),
        country: owned(&given.country_code),
        subdivision: subdivision(given),
        province: owned(&given.province),
        city: owned(&given.city),
        line1: owned(&given.address1),
        line2: owned(&given.address2),
        postal_code: owned(&given.zip),
        ..Address::default()
    };
    (address != Address::default()).then_some(address)
}

/// ISO 3166-2. Shopify's province codes are its own for many countries; for these two they are the ISO ones.
fn subdivision(given: &wire::Address<'_>) -> Option<Code> {
    let country = text(&given.country_code).filter(|code| matches!(*code, "US" | "CA"))?;
    let code = text(&given.province_code)?;
    let letters = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    // Armed forces have codes for post, but are no part of a country.
    (letters && !matches!(code, "AA" | "AE" | "AP")).then(|| format!("{country}-{code}").into())
}

fn full_name(first: &Option<Scalar<'_>>, last: &Option<Scalar<'_>>) -> Option<String> {
    match (text(first), text(last)) {
        (Some(first), Some(last)) => Some(format!("{first} {last}")),
        (first, last) => first.or(last).map(str::to_owned),
    }
}
