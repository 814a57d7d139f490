//! Parties to buyers and addresses.

use crossdock_schemas::{Address, Party as Buyer, PartyKind, Phone, Protected};

use crate::codes::{self, Role};
use crate::read::Party;
use crate::scan::Profile;

/// The first party of a role.
pub(super) fn of(parties: &[Party], role: Role) -> Option<&Party> {
    parties.iter().find(|party| party.role == role)
}

/// The buyer, from all that is said of it.
pub(super) fn buyer(parties: &[Party]) -> Option<Buyer> {
    let mut all = parties.iter().filter(|party| party.role == Role::Buyer);
    let mut buyer: Option<Buyer> = None;
    for party in all.by_ref() {
        let buyer = buyer.get_or_insert_with(Buyer::default);
        if let Some((_, code)) = &party.code {
            buyer.id.get_or_insert_with(|| code.clone());
            buyer.kind = PartyKind::Company;
        }
        // The house goes before the person there.
        if let Some(name) = &party.name {
            buyer.name = Some(Protected::plain(name.clone()));
        } else if let (None, Some(contact)) = (&buyer.name, &party.contact) {
            buyer.name = Some(Protected::plain(contact.clone()));
        }
        buyer.phones.extend(phones(party));
        if let Some(email) = &party.email {
            buyer.email.get_or_insert_with(|| Protected::plain(email.clone()));
        }
    }
    buyer
}

fn phones(party: &Party) -> Vec<Phone> {
    party.phones.iter().map(|number| Phone { national: Some(number.clone()), ..Phone::default() }).collect()
}

/// An address; `None` when nothing but a code is said. A place with a code is a company's; a name without one may be a
/// person's.
pub(super) fn address(party: &Party, profile: &Profile) -> Option<Address> {
    let own = |text: &Option<String>| text.clone();
    let country = party.country.as_deref().and_then(codes::country);
    let told = party.name.is_some() || party.city.is_some() || !party.streets.is_empty();
    if !told && country.is_none() {
        return None;
    }
    let country = country.or_else(|| profile.config.country.clone());
    let known = party.code.is_some();
    let state = own(&party.state);
    // States of both countries are written by their ISO 3166-2 letters.
    let subdivision = match (country.as_deref(), &state) {
        (Some(country @ ("US" | "CA")), Some(state)) if state.len() == 2 => {
            Some(format!("{country}-{state}").into())
        }
        _ => None,
    };
    let mut streets = party.streets.iter().cloned();
    let person = party.contact.clone().map(Protected::plain);
    let (company, name) = if known {
        (own(&party.name), person)
    } else {
        (None, own(&party.name).map(Protected::plain).or(person))
    };
    Some(Address {
        name,
        company,
        phones: phones(party),
        country,
        subdivision,
        province: state,
        city: own(&party.city),
        line1: streets.next(),
        line2: streets.next(),
        line3: own(&party.more).or_else(|| streets.next()),
        postal_code: own(&party.postal_code),
        ..Address::default()
    })
}

/// A known place as `92:0007`.
pub(super) fn place(party: &Party) -> Option<String> {
    party.code.as_ref().map(|(qualifier, code)| match qualifier.as_str() {
        "" => code.clone(),
        qualifier => format!("{qualifier}:{code}"),
    })
}
