//! Writing XML: elements with text, in the order they are put. What has no value is left out, because old systems
//! read an empty element as something else than an absent one.

/// A document that grows.
#[derive(Debug)]
pub(crate) struct Doc {
    out: String,
}

impl Doc {
    /// A request with what `fill` puts into it.
    pub(crate) fn request(fill: impl FnOnce(&mut Doc)) -> String {
        let mut doc = Doc { out: String::with_capacity(2048) };
        doc.out.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>");
        doc.group("request", fill);
        doc.out
    }

    /// An element with elements.
    pub(crate) fn group(&mut self, name: &str, fill: impl FnOnce(&mut Doc)) {
        self.tag("<", name);
        fill(self);
        self.tag("</", name);
    }

    /// An element with text; nothing when there is none.
    pub(crate) fn put(&mut self, name: &str, text: impl AsRef<str>) {
        let text = clean(text.as_ref());
        if text.is_empty() {
            return;
        }
        self.tag("<", name);
        for letter in text.chars() {
            match letter {
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '&' => self.out.push_str("&amp;"),
                '"' => self.out.push_str("&quot;"),
                '\'' => self.out.push_str("&apos;"),
                other => self.out.push(other),
            }
        }
        self.tag("</", name);
    }

    /// The same for what may not be there.
    pub(crate) fn maybe(&mut self, name: &str, text: Option<impl AsRef<str>>) {
        if let Some(text) = text {
            self.put(name, text);
        }
    }

    fn tag(&mut self, before: &str, name: &str) {
        self.out.push_str(before);
        self.out.push_str(name);
        self.out.push('>');
    }
}

/// A text without control characters, which XML cannot hold; line breaks and tabs become blanks.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for letter in text.trim().chars() {
        if letter.is_control() || letter.is_whitespace() {
            blank = true;
        } else if !matches!(letter, '\u{fffe}' | '\u{ffff}' | '\u{feff}') {
            if blank && !out.is_empty() {
                out.push(' ');
            }
            blank = false;
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let said = "a <b> & \"c\" 'd' 中文😀";
        let xml = Doc::request(|doc| {
            doc.group("order", |doc| {
                doc.put("note", format!("{said}\u{0}\r\n\u{1f}end"));
                doc.put("empty", " ");
                doc.maybe("absent", None::<&str>);
            });
        });
        assert!(!xml.contains("empty") && !xml.contains("absent"), "{xml}");
        let node = crate::tree::parse(xml.as_bytes()).unwrap();
        assert_eq!(node.child("order").unwrap().text("note"), Some(&*format!("{said} end")));
    }
}
