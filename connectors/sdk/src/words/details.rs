//! Lines about a subject, each only where the settings allow it.

use crossdock_schemas::{Address, Dec, Phone, Protected, Source};

use super::{Detail, Words};

impl Words {
    /// A line with a value from outside, where it may be shown and there is one.
    pub(super) fn line(
        &self,
        detail: Detail,
        zh: &'static str,
        en: &'static str,
        value: &str,
    ) -> Option<String> {
        if !self.shows(detail) {
            return None;
        }
        let value = self.value(value);
        (!value.is_empty()).then(|| self.language.line(self.language.say(zh, en), &value))
    }

    /// Where it goes: the city and, where the settings ask for them, traces of a person.
    pub(super) fn to_lines(&self, to: Option<&Address>) -> Vec<String> {
        let Some(to) = to else { return Vec::new() };
        let city = to.city.as_deref().unwrap_or_default();
        let name = to.name.as_ref().and_then(initial).unwrap_or_default();
        let phone = to.phones.iter().find_map(last_digits).unwrap_or_default();
        [
            self.line(Detail::City, "目的城市", "To", city),
            self.line(Detail::Recipient, "收件人", "Recipient", &name),
            self.line(Detail::Phone, "手机尾号", "Phone ending in", &phone),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Platform and shop.
    pub(super) fn shop_line(&self, source: &Source) -> Option<String> {
        self.line(Detail::Shop, "店铺", "Shop", &format!("{} / {}", source.platform, source.shop))
    }

    /// An amount, exactly as it was stated.
    pub(super) fn amount_line(&self, amount: Option<Dec>, currency: Option<&str>) -> Option<String> {
        let text = format!("{} {}", amount?, currency.unwrap_or_default());
        self.line(Detail::Amount, "金额", "Amount", &text)
    }
}

/// A name as its first character and two stars, whatever form it came in.
fn initial(name: &Protected) -> Option<String> {
    let first = name.shown()?.trim().chars().find(|letter| letter.is_alphanumeric())?;
    Some(format!("{first}＊＊"))
}

/// The last four digits, when they are known.
fn last_digits(phone: &Phone) -> Option<String> {
    let protected = phone.protected.as_ref().and_then(Protected::shown);
    let text = phone.e164.as_deref().or(phone.national.as_deref()).or(protected)?.trim_end();
    let mut last: Vec<char> = text.chars().rev().take_while(char::is_ascii_digit).take(4).collect();
    last.reverse();
    (last.len() == 4).then(|| last.into_iter().collect())
}

/// A carrier's text without the numbers in it that could be called: of seven digits and more, four are left.
pub(super) fn without_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut digits = String::new();
    // A character that is no digit ends the last run.
    for letter in text.chars().map(Some).chain([None]) {
        if let Some(digit) = letter.filter(char::is_ascii_digit) {
            digits.push(digit);
            continue;
        }
        let hidden = if digits.len() < 7 { 0 } else { digits.len() - 4 };
        out.extend(std::iter::repeat_n('＊', hidden.min(4)));
        out.extend(digits.drain(..).skip(hidden));
        out.extend(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_whole() {
        let shown = |name: Protected| initial(&name);
        assert_eq!(shown(Protected::plain("张三丰")).as_deref(), Some("张＊＊"));
        assert_eq!(shown(Protected::plain(" (John) Smith")).as_deref(), Some("J＊＊"));
        assert_eq!(shown(Protected::masked("王**")).as_deref(), Some("王＊＊"));
        assert_eq!(shown(Protected::masked("**")), None);
        assert_eq!(shown(Protected::token("x", "abc")), None);
    }

    #[test]
    fn of_a_phone_four_digits_are_left() {
        let phone = |e164: &str| Phone { e164: Some(e164.to_owned()), ..Phone::default() };
        assert_eq!(last_digits(&phone("+8613800000012")).as_deref(), Some("0012"));
        assert_eq!(last_digits(&phone("12")), None);
        let masked = Phone { protected: Some(Protected::masked("138****0012")), ..Phone::default() };
        assert_eq!(last_digits(&masked).as_deref(), Some("0012"));
        let hidden = Phone { protected: Some(Protected::masked("138********")), ..Phone::default() };
        assert_eq!(last_digits(&hidden), None);
    }

    #[test]
    fn no_number_in_a_carriers_text_can_be_called() {
        assert_eq!(without_numbers("电话：13800000035，柜号 12"), "电话：＊＊＊＊0035，柜号 12");
        assert_eq!(without_numbers("1234567"), "＊＊＊4567");
        assert_eq!(without_numbers("123456"), "123456");
        assert_eq!(without_numbers(""), "");
    }
}
