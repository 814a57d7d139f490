//! Receiver, buyer and invoice. JD masks the receiver or gives cipher text, and an OAID by which its label service finds the
//! plain one.

use crossdock_connector::wire;
use crossdock_schemas::{
    Address, InvoiceRequest, Party, PartyKind, Phone, PhoneKind, Protected, ProtectedState,
};

use crate::wire::{Consignee, Invoice, Value, text};

/// Scheme of the OAID, and of cipher text where there is none.
const TOKEN: &str = "jd_token";

/// In which form a value was given.
#[derive(Debug, PartialEq)]
enum Form<'a> {
    Plain(&'a str),
    Masked(&'a str),
    Cipher(&'a str),
}

fn form(text: &str) -> Form<'_> {
    if text.contains(['*', '＊']) {
        Form::Masked(text)
    } else if is_cipher(text) {
        Form::Cipher(text)
    } else {
        Form::Plain(text)
    }
}

/// Long base64, beginning with `AA` as a rule: no name, number or address is written like that.
fn is_cipher(text: &str) -> bool {
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    text.len() >= 24 && text.bytes().all(base64) && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// A value about the receiver. Cipher text is another one in every reply: beside an OAID, which gives out the same, it is
/// left away.
fn protected(value: &Value<'_>, has_oaid: bool) -> Option<Protected> {
    match form(text(value)?) {
        Form::Plain(plain) => Some(Protected::plain(plain)),
        Form::Masked(masked) => Some(Protected::masked(masked)),
        Form::Cipher(_) if has_oaid => None,
        Form::Cipher(cipher) => Some(Protected::token(TOKEN, cipher)),
    }
}

/// Where it goes; `None` when the payload says nothing about it, which must not erase what is known.
pub(super) fn ship_to(consignee: &Consignee<'_>) -> Option<Address> {
    let oaid = text(&consignee.oaid);
    // Province to town are JD's own four levels: of a municipality the districts stand where elsewhere the cities do.
    let mut address = Address {
        name: protected(&consignee.fullname, oaid.is_some()),
        province: wire::text(consignee.province.as_ref()),
        city: wire::text(consignee.city.as_ref()),
        district: wire::text(consignee.county.as_ref()),
        town: wire::text(consignee.town.as_ref()),
        ..Address::default()
    };
    match (text(&consignee.full_address).map(form), oaid) {
        (Some(Form::Plain(plain)), oaid) => {
            address.raw = Some(plain.to_owned());
            address.protected = oaid.map(|oaid| Protected::token(TOKEN, oaid));
        }
        (Some(Form::Masked(masked)), Some(oaid)) => {
            let both = Protected::token(TOKEN, oaid).with_masked(masked);
            address.protected = Some(Protected { state: ProtectedState::Masked, ..both });
        }
        (Some(Form::Masked(masked)), None) => address.protected = Some(Protected::masked(masked)),
        (Some(Form::Cipher(cipher)), None) => address.protected = Some(Protected::token(TOKEN, cipher)),
        (_, Some(oaid)) => address.protected = Some(Protected::token(TOKEN, oaid)),
        (None, None) => {}
    }
    let mobile = text(&consignee.mobile);
    let landline = text(&consignee.telephone).filter(|number| Some(*number) != mobile);
    for (number, kind) in [(mobile, PhoneKind::Mobile), (landline, PhoneKind::Landline)] {
        let Some(number) = number else { continue };
        let mut phone = Phone { kind, ..Phone::default() };
        match form(number) {
            Form::Plain(plain) => phone.national = Some(plain.to_owned()),
            Form::Masked(masked) => phone.protected = Some(Protected::masked(masked)),
            Form::Cipher(_) if oaid.is_some() => continue,
            Form::Cipher(cipher) => phone.protected = Some(Protected::token(TOKEN, cipher)),
        }
        address.phones.push(phone);
    }
    if address == Address::default() {
        return None;
    }
    address.country = Some("CN".to_owned());
    Some(address)
}

/// Who bought. The account name (`pin`) is hidden or encrypted for most applications and not used.
pub(super) fn buyer(open_id: &Value<'_>, xid: &Value<'_>) -> Option<Party> {
    let (open_id, id) = (wire::text(open_id.as_ref()), wire::text(xid.as_ref()));
    if open_id.is_none() && id.is_none() {
        return None;
    }
    Some(Party { open_id, id, kind: PartyKind::Unknown, ..Party::default() })
}

/// The wished invoice where it has a title. What the numbers of its type mean is not established.
pub(super) fn invoice(invoice: &Invoice<'_>) -> Option<InvoiceRequest> {
    let shown = |value| {
        text(value).map(|text: &str| match form(text) {
            Form::Masked(masked) => Protected::masked(masked),
            Form::Plain(plain) => Protected::plain(plain),
            Form::Cipher(cipher) => Protected::token(TOKEN, cipher),
        })
    };
    Some(InvoiceRequest {
        title: Some(shown(&invoice.invoice_title)?),
        tax_no: shown(&invoice.invoice_code),
        email: shown(&invoice.invoice_consignee_email),
        ..InvoiceRequest::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_apart() {
        assert_eq!(form("张*"), Form::Masked("张*"));
        assert_eq!(form("测试人"), Form::Plain("测试人"));
        assert_eq!(form("13800000012"), Form::Plain("13800000012"));
        let cipher = "AAS/WY+yKqwlAlxSubNXVLrJs7A7fdEn8CinTC92a70Bs9wMb2RZ";
        assert_eq!(form(cipher), Form::Cipher(cipher));
        assert_eq!(form("Longstreet 12, Flat 3, Testtown"), Form::Plain("Longstreet 12, Flat 3, Testtown"));
    }
}
