//! How the input of a target is built: readable, so that a find can be read, and a mutation often still means something.
//!
//! ```text
//! settings<TAB>word<TAB>word...
//! header-name: value
//!
//! body, as it is
//! ```
//!
//! The first word names the settings (empty: the example's). What the others are depends on the target:
//!
//! | target | words |
//! |---|---|
//! | `parse` | topic, or `file:` and the name of a file |
//! | `verify` | seconds of the clock, query, path token |
//! | `replies` | part (`fetch`, `poll`, `track`, `session`, `sink`), status, two words that say what was asked |
//!
//! What is handed to a sink is named by the fixture that does so. Replies of a conversation stand in one body, one behind the
//! other, with a line `%%` between them. Bytes without an empty line are all body.

use std::borrow::Cow;

use bytes::Bytes;
use crossdock_connector::Headers;

/// One input, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    words: Vec<String>,
    /// Headers.
    pub headers: Headers,
    /// Everything behind the empty line.
    pub body: Bytes,
}

impl Input {
    /// An input of its parts.
    pub(super) fn new(words: &[&str], headers: &Headers, body: impl Into<Bytes>) -> Self {
        Self {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            headers: headers.clone(),
            body: body.into(),
        }
    }

    /// Takes bytes apart. Any bytes are an input.
    pub fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(2).position(|two| two == b"\n\n");
        let (head, body) = match end {
            Some(end) => (bytes.get(..end).unwrap_or_default(), bytes.get(end + 2..).unwrap_or_default()),
            None => (&[][..], bytes),
        };
        let head = String::from_utf8_lossy(head);
        let (first, rest) = head.split_once('\n').unwrap_or((&head, ""));
        let mut headers = Headers::default();
        for line in rest.split('\n').filter(|line| !line.is_empty()) {
            let (name, value) = line.split_once(": ").unwrap_or((line, ""));
            headers.push(name, value);
        }
        Self {
            words: first.split('\t').map(str::to_owned).collect(),
            headers,
            body: Bytes::copy_from_slice(body),
        }
    }

    /// The input as bytes. What would be read as something else (a tab in a word) becomes a blank.
    pub fn write(&self) -> Vec<u8> {
        let words: Vec<Cow<'_, str>> = self.words.iter().map(|word| plain(word)).collect();
        let mut text = words.join("\t");
        for (name, value) in &self.headers.0 {
            text.push('\n');
            text.push_str(&format!("{}: {}", plain(name), plain(value)));
        }
        text.push_str("\n\n");
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// A word of the first line; empty when it is not there.
    pub fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", String::as_str)
    }
}

fn plain(text: &str) -> Cow<'_, str> {
    if text.contains(['\t', '\n']) {
        Cow::Owned(text.replace(['\t', '\n'], " "))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let mut headers = Headers::default();
        headers.push("content-type", "application/json; x=1: 2");
        headers.push("empty", "");
        let input = Input::new(&["", "orders/paid", "a b"], &headers, &b"{\n\n\"a\": 1}"[..]);
        assert_eq!(Input::read(&input.write()), input);
        assert_eq!(input.word(1), "orders/paid");
        assert_eq!(input.word(7), "");
        let bare = Input::read(b"no empty line");
        assert_eq!((&*bare.body, bare.word(0)), (&b"no empty line"[..], ""));
        assert_eq!(Input::read(b"\n\n").body.len(), 0);
    }
}
