//! Addresses and texts as WordPress writes them.

use std::borrow::Cow;

/// A site's address as the identity of a shop: lower case, without scheme, `www.` and a slash at the end; the path of a
/// shop in a sub-folder or network stays.
pub(crate) fn canonical(address: &str) -> String {
    let address = address.trim().to_ascii_lowercase();
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let rest = rest.unwrap_or(&address);
    rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/').to_owned()
}

/// Entities beside those of numbers.
const ENTITIES: [(&str, char); 16] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("hellip", '…'),
    ("times", '×'),
    ("reg", '®'),
    ("trade", '™'),
];

/// A name without HTML entities (`&ndash;`, `&#8211;`, `&#x2013;`). What is no entity stays as it stands.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    decode_where(text, |_| true)
}

/// A secret as the shop signs with it: it passes the stored one through `wp_specialchars_decode` first, which knows only
/// `&`, `<`, `>` and quotes.
pub(crate) fn secret(stored: &str) -> Cow<'_, str> {
    decode_where(stored, |letter| matches!(letter, '&' | '<' | '>' | '"' | '\''))
}

fn decode_where(text: &str, wanted: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        // One pass: what comes out is not looked at again.
        match after.split_once(';').and_then(|(name, tail)| Some((entity(name)?, tail))) {
            Some((letter, tail)) if wanted(letter) => {
                out.push(letter);
                rest = tail;
            }
            _ => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn entity(name: &str) -> Option<char> {
    if name.len() > 8 {
        return None;
    }
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|letter| !letter.is_control());
    }
    ENTITIES.iter().find(|(known, _)| *known == name).map(|(_, letter)| *letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_shop_has_one_address() {
        for given in [
            "https://willowbark-goods.example/",
            "http://www.Willowbark-Goods.example",
            " willowbark-goods.example ",
        ] {
            assert_eq!(canonical(given), "willowbark-goods.example", "{given}");
        }
        assert_eq!(canonical("https://example.com/shop/"), "example.com/shop");
    }

    #[test]
    fn names_lose_their_entities() {
        assert_eq!(decode("Ship Your Idea &ndash; Color: Black"), "Ship Your Idea – Color: Black");
        assert_eq!(decode("A &amp;amp; B &#8211; &#x2013; &unknown; &"), "A &amp; B – – &unknown; &");
        assert!(matches!(decode("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn secrets_lose_only_those_of_markup() {
        assert_eq!(secret("a&amp;b&quot;c"), "a&b\"c");
        assert_eq!(secret("a&#039;b&ndash;"), "a'b&ndash;");
        assert_eq!(secret("a&b"), "a&b");
    }
}
