//! The few fields of an event envelope that a receiver needs, found without reading the whole JSON.
//!
//! Only keys of the outermost object count: data may hold keys of the same name.

/// What an envelope says about its event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Envelope<'a> {
    pub(crate) id: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) key: &'a str,
    pub(crate) sequence: u64,
}

/// The envelopes of a body: one object, or a list of them. `None` when it is neither.
pub(crate) fn envelopes(body: &[u8]) -> Option<Vec<Envelope<'_>>> {
    let mut scan = Scan { bytes: body, at: 0 };
    let found = match scan.peek()? {
        b'{' => vec![scan.envelope()?],
        b'[' => {
            scan.at += 1;
            let mut found = Vec::new();
            if scan.peek()? != b']' {
                loop {
                    found.push(scan.envelope()?);
                    match scan.next()? {
                        b',' => {}
                        b']' => break,
                        _ => return None,
                    }
                }
            }
            found
        }
        _ => return None,
    };
    Some(found)
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    /// The next byte that is not white space, without taking it.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            if !byte.is_ascii_whitespace() {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn envelope(&mut self) -> Option<Envelope<'a>> {
        let mut found = Envelope::default();
        if self.next()? != b'{' {
            return None;
        }
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(found);
        }
        loop {
            let key = self.text()?;
            if self.next()? != b':' {
                return None;
            }
            let from = self.at;
            match (key, self.peek()?) {
                ("id", b'"') => found.id = self.text()?,
                ("type", b'"') => found.kind = self.text()?,
                ("subject", b'"') => found.key = self.text()?,
                ("sequence", b'"') => found.sequence = self.text()?.parse().ok()?,
                _ => self.skip()?,
            }
            debug_assert!(self.at > from, "each value is taken");
            match self.next()? {
                b',' => {}
                b'}' => return Some(found),
                _ => return None,
            }
        }
    }

    /// A string between its quotes, escapes as they stand: our ids hold none.
    fn text(&mut self) -> Option<&'a str> {
        if self.next()? != b'"' {
            return None;
        }
        let from = self.at;
        loop {
            match *self.bytes.get(self.at)? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        let text = std::str::from_utf8(self.bytes.get(from..self.at)?).ok()?;
        self.at += 1;
        Some(text)
    }

    /// Skips one value, whatever it is.
    fn skip(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.text()?;
                }
                b'{' | b'[' => {
                    self.at += 1;
                    depth += 1;
                    continue;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                b',' | b':' => return None,
                _ => {
                    // A number or a word ends at the next mark.
                    while !matches!(
                        self.bytes.get(self.at)?,
                        b',' | b':' | b'}' | b']' | b'{' | b'[' | b'"' | b' ' | b'\n' | b'\r' | b'\t'
                    ) {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"data":{"id":"inner","type":{"id":["x",1,{"subject":"no"}]},"t":"a\"}]b"},
        "id":"e1-1", "specversion" : "1.0","n":-1.5e3,"b":true,"type":"io.crossdock.order.paid","subject":"o1-2",
        "sequence":"00000000000000000042" }"#;

    #[test]
    fn only_the_outermost_keys_count() {
        let expected = Envelope { id: "e1-1", kind: "io.crossdock.order.paid", key: "o1-2", sequence: 42 };
        assert_eq!(envelopes(ONE.as_bytes()), Some(vec![expected]));
        let list = format!(" [{ONE} , {ONE}]");
        assert_eq!(envelopes(list.as_bytes()), Some(vec![expected, expected]));
        assert_eq!(envelopes(b"[]"), Some(vec![]));
        assert_eq!(envelopes(b"{}"), Some(vec![Envelope::default()]));
    }

    #[test]
    fn broken_bodies_are_noticed_and_never_read_past_the_end() {
        for end in 1..ONE.len() {
            assert_eq!(envelopes(&ONE.as_bytes()[..end]), None, "cut at {end}");
        }
        for bad in ["", "x", "1", "\"a\"", "{\"id\":}", "{,}", "[{}", "[1]", "{\"a\":1]"] {
            assert_eq!(envelopes(bad.as_bytes()), None, "{bad}");
        }
    }
}
