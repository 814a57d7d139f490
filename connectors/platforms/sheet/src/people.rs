//! Buyer and receiver. What is masked in the file stays as it is masked; where the settings say so, the rest is masked
//! here.

use crossdock_connector::{Issue, IssueKind, remark};
use crossdock_schemas::{Address, Party, Phone, PhoneKind, Protected};

use crate::columns::Role;
use crate::countries::Country;
use crate::document::Gathered;

/// Who bought.
pub(crate) fn buyer(document: &mut Gathered<'_>) -> Option<Party> {
    let party = Party {
        id: document.take(Role::BuyerId),
        nick: document.take(Role::BuyerNick),
        name: name(document, Role::BuyerName),
        email: document.take(Role::BuyerEmail).map(Protected::plain),
        phones: phone(document, Role::BuyerPhone).into_iter().collect(),
        ..Party::default()
    };
    (party != Party::default()).then_some(party)
}

/// Where it goes.
pub(crate) fn address(document: &mut Gathered<'_>) -> Option<Address> {
    let mut address = Address {
        name: name(document, Role::ReceiverName),
        phones: phone(document, Role::ReceiverPhone).into_iter().collect(),
        province: region(document, Role::Province),
        city: region(document, Role::City),
        district: region(document, Role::District),
        town: region(document, Role::Town),
        line1: document.take(Role::Line1),
        postal_code: document.take(Role::PostalCode),
        raw: document.take(Role::Address),
        ..Address::default()
    };
    if document.plan.mask_people {
        address.line1 = address.line1.filter(|text| is_masked(text));
        address.raw = address.raw.map(|text| if is_masked(&text) { text } else { regions(&text) });
    }
    if let Some(text) = document.take(Role::Country) {
        let found = document.plan.countries.find(&text);
        if found == Country::Unknown {
            let path = format!("$[*].{}", document.layout.name(Role::Country));
            document.issues.push(Issue::new(IssueKind::UnmappedCode, path, text.clone()));
        }
        match found {
            Country::Code(code) => address.country = Some(code.to_owned()),
            Country::Nowhere | Country::Unknown => address.raw = address.raw.or(Some(text)),
        }
    }
    (address != Address::default()).then_some(address)
}

fn is_masked(text: &str) -> bool {
    text.contains(['*', '＊'])
}

fn name(document: &mut Gathered<'_>, role: Role) -> Option<Protected> {
    let text = document.take(role)?;
    Some(if is_masked(&text) {
        Protected::masked(text)
    } else if document.plan.mask_people {
        Protected::masked(remark::mask_name(&text))
    } else {
        Protected::plain(text)
    })
}

fn phone(document: &mut Gathered<'_>, role: Role) -> Option<Phone> {
    let text = document.take(role)?;
    let (masked, mobile) = if is_masked(&text) {
        (text, false)
    } else if document.plan.mask_people {
        remark::mask_phone(&text)
    } else {
        return Some(Phone { national: Some(text), ..Phone::default() });
    };
    let kind = if mobile { PhoneKind::Mobile } else { PhoneKind::Unknown };
    Some(Phone { kind, protected: Some(Protected::masked(masked)), ..Phone::default() })
}

/// A region that is hidden says nothing.
fn region(document: &mut Gathered<'_>, role: Role) -> Option<String> {
    document.take(role).filter(|text| !text.chars().all(|letter| matches!(letter, '*' | '＊')))
}

/// Of a whole address the regions it begins with, which stand between blanks; the rest is somebody's door.
fn regions(text: &str) -> String {
    let mut parts: Vec<&str> = text.split_whitespace().collect();
    // The last part is the door, wherever the regions end.
    parts.truncate(parts.len().saturating_sub(1).min(3));
    parts.push("***");
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_the_regions_stay() {
        assert_eq!(regions("浙江省 杭州市 西湖区 示例路1号 2单元"), "浙江省 杭州市 西湖区 ***");
        assert_eq!(regions("浙江省 杭州市 示例路1号"), "浙江省 杭州市 ***");
        assert_eq!(regions("浙江杭州西湖区示例路1号"), "***");
        assert_eq!(regions(""), "***");
    }
}
