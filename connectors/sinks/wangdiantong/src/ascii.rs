//! JSON in ASCII only.
//!
//! The signature of the older generations counts lengths, and nobody could establish whether the live gateway counts
//! characters or bytes. In ASCII both are the same number.

use serde_json::Value;

/// The JSON text of a value, every character outside ASCII written as `\uXXXX`.
pub(crate) fn json(value: &Value) -> String {
    let plain = value.to_string();
    if plain.is_ascii() {
        return plain;
    }
    let mut out = String::with_capacity(plain.len() * 2);
    let mut units = [0_u16; 2];
    for letter in plain.chars() {
        if letter.is_ascii() {
            out.push(letter);
        } else {
            // Outside strings JSON is ASCII, so this letter stands in one, where an escape means the same.
            for unit in letter.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_the_same_in_ascii() {
        let value = serde_json::json!({"receiver_name": "林小满", "note": "a\"\\\n😀𠮷é", "n": 30});
        let text = json(&value);
        assert!(text.is_ascii(), "{text}");
        assert!(text.contains(r"\u6797\u5c0f\u6ee1"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
