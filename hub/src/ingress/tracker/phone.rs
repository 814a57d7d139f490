//! The last four digits of a phone, which some carriers want before they say anything. Pure.

use crossdock_schemas::{Address, Phone};

/// Of the first phone of an address that shows them; masked numbers usually do.
pub fn tail(address: Option<&Address>) -> Option<String> {
    address?.phones.iter().find_map(of_phone)
}

fn of_phone(phone: &Phone) -> Option<String> {
    let shown = phone.protected.as_ref().and_then(|protected| protected.shown());
    [phone.e164.as_deref(), phone.national.as_deref(), shown].into_iter().flatten().find_map(of_text)
}

/// The digits before an extension, as far as they are shown.
fn of_text(text: &str) -> Option<String> {
    let number = text.split(['转', ',', ';', 'x', '#']).next().unwrap_or_default();
    let mut tail: Vec<char> =
        number.chars().rev().filter(|letter| !" -()".contains(*letter)).take(4).collect();
    tail.reverse();
    (tail.len() == 4 && tail.iter().all(char::is_ascii_digit)).then(|| tail.into_iter().collect())
}

/// Whether it can be such a tail.
pub fn is_tail(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use crossdock_schemas::Protected;

    use super::*;

    #[test]
    fn four_digits_or_nothing() {
        let tail = |text: &str| of_text(text);
        assert_eq!(tail("+8613800000246").as_deref(), Some("0246"));
        assert_eq!(tail("138****0246").as_deref(), Some("0246"));
        assert_eq!(tail("010-6655 02 46").as_deref(), Some("0246"));
        assert_eq!(tail("13800000246转1234").as_deref(), Some("0246"));
        for none in ["", "138********", "246", "1380000*246"] {
            assert_eq!(tail(none), None, "{none}");
        }
        assert!(is_tail("0135") && !is_tail("135") && !is_tail("01a5"));
    }

    #[test]
    fn the_first_phone_that_shows_them() {
        let hidden = Phone { protected: Some(Protected::token("taobao_oaid", "x")), ..Phone::default() };
        let masked = Phone { protected: Some(Protected::masked("138****0246")), ..Phone::default() };
        let address = Address { phones: vec![hidden.clone(), masked], ..Address::default() };
        assert_eq!(tail(Some(&address)).as_deref(), Some("0246"));
        let address = Address { phones: vec![hidden], ..Address::default() };
        assert_eq!(tail(Some(&address)), None);
        assert_eq!(tail(None), None);
    }
}
