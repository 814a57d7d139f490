//! The platform lets nobody store a receiver in the clear. What comes without its stars all the same is masked in the
//! bytes themselves, before they are captured; every other byte stays as it came.

use std::ops::Range;

use crossdock_connector::Headers;
use serde_json::from_slice;

/// Header of a capture whose receiver came in the clear: the fields that were masked.
pub(crate) const MASKED: &str = "crossdock-masked";

/// How a value is masked.
type Mask = fn(&str) -> String;

/// What may not be stored.
const FIELDS: &[(&str, Mask)] = &[
    ("receiver_name", name),
    ("receiver_mobile", number),
    ("receiver_phone", number),
    ("receiver_address", |_| "***".to_owned()),
];

/// Member of a row of the RDS tables that holds the platform's answer as a text.
const ANSWER: &str = "jdp_response";

/// Whether a value has its stars. Star patterns differ from field to field and are not documented: any star will do.
pub(crate) fn is_masked(value: &str) -> bool {
    value.contains(['*', '＊'])
}

/// A name with its first character.
pub(crate) fn name(name: &str) -> String {
    let first: String = name.chars().take(1).collect();
    format!("{first}**")
}

/// A number with its last four digits; of a short one they would be most of it.
pub(crate) fn number(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let shown = if digits.len() >= 8 { digits.len().saturating_sub(4) } else { digits.len() };
    let tail: String = digits.iter().skip(shown).collect();
    format!("*******{tail}")
}

/// The bytes as they may be stored, and a header that names the fields that took; none when they may be stored as they are.
pub(crate) fn scrub(body: &[u8]) -> Option<(Vec<u8>, Headers)> {
    let mut fields = Vec::new();
    let out = without(body, &mut fields)?;
    let mut headers = Headers::default();
    headers.push(MASKED, fields.join(","));
    Some((out, headers))
}

/// The bytes with everything masked that may not be stored; none when nothing has to be.
fn without(body: &[u8], fields: &mut Vec<&'static str>) -> Option<Vec<u8>> {
    let mut out: Vec<u8> = Vec::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(key) = string(body, at) {
        at = key.end;
        let Some(value) = value(body, at) else { continue };
        let given = body.get(value.clone()).unwrap_or_default();
        let Some(masked) = instead(body, &key, given, fields) else { continue };
        out.extend_from_slice(body.get(kept..value.start).unwrap_or_default());
        out.extend_from_slice(serde_json::Value::from(masked).to_string().as_bytes());
        (kept, at) = (value.end, value.end);
    }
    if kept == 0 {
        return None;
    }
    out.extend_from_slice(body.get(kept..).unwrap_or_default());
    Some(out)
}

/// What is stored instead of a value; none when it may be stored.
fn instead(body: &[u8], key: &Range<usize>, given: &[u8], fields: &mut Vec<&'static str>) -> Option<String> {
    let text = || from_slice(given).unwrap_or_else(|_| String::from_utf8_lossy(given).into_owned());
    if is(body, key, ANSWER) {
        return String::from_utf8(without(text().as_bytes(), fields)?).ok();
    }
    let (field, mask) = FIELDS.iter().find(|(field, _)| is(body, key, field))?;
    let text = text();
    if text.trim().is_empty() || text == "null" || is_masked(&text) {
        return None;
    }
    if !fields.contains(field) {
        fields.push(field);
    }
    Some(mask(&text))
}

/// The next string from a place on, with its quotes.
fn string(body: &[u8], from: usize) -> Option<Range<usize>> {
    let start = from + body.get(from..)?.iter().position(|byte| *byte == b'"')?;
    let mut at = start + 1;
    loop {
        match body.get(at)? {
            b'"' => return Some(start..at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Where the value stands of a key that ends here: a string, or what is written without quotes. None for what is no key
/// and for objects and lists, whose members are looked at one by one.
fn value(body: &[u8], key_end: usize) -> Option<Range<usize>> {
    let colon = skip_blanks(body, key_end);
    let start = skip_blanks(body, colon + 1);
    match (body.get(colon)?, body.get(start)?) {
        (b':', b'"') => string(body, start),
        (b':', b'{' | b'[') => None,
        (b':', _) => {
            let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
            let len = body.get(start..)?.iter().position(ends)?;
            Some(start..start + len)
        }
        _ => None,
    }
}

fn skip_blanks(body: &[u8], from: usize) -> usize {
    let rest = body.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Whether the string at this place is that name, however it is escaped.
fn is(body: &[u8], key: &Range<usize>, name: &str) -> bool {
    let given = body.get(key.clone()).unwrap_or_default();
    let inside = given.get(1..given.len().saturating_sub(1)).unwrap_or_default();
    inside == name.as_bytes()
        || (inside.contains(&b'\\') && from_slice::<String>(given).is_ok_and(|key| key == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scrubbed(body: &str) -> Option<(String, String)> {
        let (bytes, headers) = scrub(body.as_bytes())?;
        Some((String::from_utf8(bytes).unwrap(), headers.get(MASKED).unwrap().to_owned()))
    }

    #[test]
    fn sec_20_only_what_may_not_be_stored_is_masked_and_every_other_byte_stays() {
        let body = "{ \"trade\":{\"receiver_name\" : \"赵\\\"无忌\", \"receiver_mobile\":15912345678,\n\"receiver_phone\":null,\
                    \"receiver\\u005faddress\":\"文三路90号\",\"receiver_state\":\"浙江省\",\"title\":\"receiver_name\",\"seller_memo\":\"a:\\\\\"}}";
        let (kept, fields) = scrubbed(body).unwrap();
        let expected = body
            .replace("赵\\\"无忌", "赵**")
            .replace("15912345678", "\"*******5678\"")
            .replace("文三路90号", "***");
        assert_eq!(kept, expected);
        assert_eq!(fields, "receiver_name,receiver_mobile,receiver_address");
        serde_json::from_str::<serde_json::Value>(&kept).unwrap();
        assert_eq!(scrubbed(&kept), None, "what is masked stays as it is");
    }

    #[test]
    fn sec_20_an_answer_inside_a_row_is_masked_too() {
        let answer = r#"{"trade":{"receiver_name":"赵无忌","receiver_state":"浙江省"}}"#;
        let row = |answer: &str| serde_json::json!([{"tid": 7, "jdp_response": answer}]).to_string();
        let (kept, fields) = scrubbed(&row(answer)).unwrap();
        assert_eq!(kept, row(&answer.replace("赵无忌", "赵**")));
        assert_eq!(fields, "receiver_name");
        assert_eq!(scrubbed(&kept), None);
    }

    #[test]
    fn whatever_the_bytes_are_nothing_breaks() {
        let body = "{\"receiver_name\":\"赵无忌\",\"receiver_mobile\":{\"receiver_phone\":[\"1\"]}}";
        for end in 0..=body.len() {
            drop(scrub(&body.as_bytes()[..end]));
        }
        for odd in ["\"", "\"\\", "{\"receiver_name\":", "{\"receiver_name\":}", "\"receiver_name\":1"] {
            assert_eq!(scrubbed(odd), None, "{odd}");
        }
        assert_eq!(scrubbed("{\"receiver_name\":\"\",\"receiver_mobile\":\"*******5678\"}"), None);
    }

    #[test]
    fn masks_leave_little() {
        assert_eq!(name("张三"), "张**");
        assert_eq!(number("13800000012"), "*******0012");
        assert_eq!(number("5550100"), "*******");
        assert_eq!(number("18800000011-123"), "*******1123");
    }
}
