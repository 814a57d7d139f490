//! The same message in another coat, in another place, or broken.

use serde_json::Value;

use crate::standin::Rng;

/// Other bytes that mean the same: keys in another order, other white space, some letters written as escapes.
/// Numbers keep every digit. `None` when the bytes are no JSON.
#[must_use]
pub fn respelled(json: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let value: Value = serde_json::from_slice(json).ok()?;
    let mut text = String::with_capacity(json.len() * 2);
    write(&value, rng, &mut text);
    Some(text.into_bytes())
}

/// A message that breaks off: never whole, never empty.
#[must_use]
pub fn truncated(body: &[u8], rng: &mut Rng) -> Vec<u8> {
    let most = body.len().saturating_sub(1);
    let keep = 1 + rng.index(most.max(1));
    body.iter().copied().take(keep.min(most)).collect()
}

/// Moves each item up to `distance` places from where it was.
pub fn out_of_order<T>(items: &mut Vec<T>, distance: u64, rng: &mut Rng) {
    let mut placed: Vec<(u64, T)> = (0_u64..)
        .zip(items.drain(..))
        .map(|(at, item)| (at + rng.below(distance.saturating_add(1)), item))
        .collect();
    placed.sort_by_key(|(place, _)| *place);
    items.extend(placed.into_iter().map(|(_, item)| item));
}

/// Repeats items: each up to `copies` times more, each copy right behind.
#[must_use]
pub fn repeated<T: Clone>(items: &[T], copies: u64, rng: &mut Rng) -> Vec<T> {
    items
        .iter()
        .flat_map(|item| {
            let count = 1 + rng.below(copies.saturating_add(1));
            (0..count).map(move |_| item.clone())
        })
        .collect()
}

fn write(value: &Value, rng: &mut Rng, text: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            rng.shuffle(&mut fields);
            text.push('{');
            for (at, (name, field)) in fields.into_iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                blank(rng, text);
                write_text(name, rng, text);
                blank(rng, text);
                text.push(':');
                blank(rng, text);
                write(field, rng, text);
            }
            blank(rng, text);
            text.push('}');
        }
        // The order of a list means something.
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                blank(rng, text);
                write(item, rng, text);
            }
            blank(rng, text);
            text.push(']');
        }
        Value::String(words) => write_text(words, rng, text),
        Value::Null | Value::Bool(_) | Value::Number(_) => text.push_str(&value.to_string()),
    }
}

fn blank(rng: &mut Rng, text: &mut String) {
    if rng.chance(300) {
        text.push_str(rng.pick(&[" ", "\n", "\t", "  ", "\r\n"]).unwrap_or(" "));
    }
}

fn write_text(words: &str, rng: &mut Rng, text: &mut String) {
    text.push('"');
    for letter in words.chars() {
        let must = letter.is_control() || matches!(letter, '"' | '\\');
        if must || rng.chance(if letter.is_ascii() { 10 } else { 500 }) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(letter);
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"tid":4123456789012345678,"price":"1.10","rate":0.070,"big":1e400,"名":"谢谢😀\"\\\n","list":[1,2,{"a":null,"b":true}]}"#;

    #[test]
    fn a_respelled_message_means_the_same() {
        let meaning: Value = serde_json::from_str(BODY).unwrap();
        for seed in 0..50 {
            let other = respelled(BODY.as_bytes(), &mut Rng::new(seed)).unwrap();
            assert_ne!(other, BODY.as_bytes());
            let read: Value = serde_json::from_slice(&other).unwrap();
            assert_eq!(read, meaning);
            assert_eq!(read["rate"].to_string(), "0.070");
            assert_eq!(read["tid"].to_string(), "4123456789012345678");
        }
        assert_eq!(respelled(b"{", &mut Rng::new(0)), None);
    }

    #[test]
    fn a_truncated_object_is_never_readable() {
        for seed in 0..200 {
            let broken = truncated(BODY.as_bytes(), &mut Rng::new(seed));
            assert!(!broken.is_empty() && broken.len() < BODY.len());
            assert!(serde_json::from_slice::<Value>(&broken).is_err());
        }
        assert!(truncated(b"", &mut Rng::new(0)).is_empty());
    }

    #[test]
    fn moved_items_stay_near_and_none_is_lost() {
        let mut items: Vec<usize> = (0..200).collect();
        out_of_order(&mut items, 5, &mut Rng::new(1));
        assert!(!items.is_sorted());
        assert!(items.iter().enumerate().all(|(at, item)| at.abs_diff(*item) <= 5));
        let twice = repeated(&items, 2, &mut Rng::new(1));
        assert!(twice.len() > items.len());
        let mut seen = twice;
        seen.dedup();
        assert_eq!(seen, items);
    }
}
