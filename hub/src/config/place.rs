//! Where in a file something is wrong.

use std::fmt;
use std::ops::Range;

use toml_edit::{Document, Item};

/// Something wrong with a configuration, said so that people can mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// File.
    pub file: String,
    /// Line, from 1; 0 when it is about the file as a whole.
    pub line: usize,
    /// Key path, such as `source[1].settings.secret`.
    pub key: String,
    /// What is wrong and what is allowed.
    pub message: String,
    /// False for a warning.
    pub fatal: bool,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        f.write_str(": ")?;
        if !self.fatal {
            f.write_str("warning: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// A parsed file that knows the line of each key.
pub(super) struct Map<'a> {
    file: &'a str,
    text: &'a str,
    document: Option<Document<&'a str>>,
}

impl<'a> Map<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, document: Document::parse(text).ok() }
    }

    pub(super) fn at_span(&self, span: Option<Range<usize>>, message: String) -> Problem {
        let line = span.map_or(0, |span| self.line(span.start));
        Problem { file: self.file.to_owned(), line, key: String::new(), message, fatal: true }
    }

    /// A problem at a key path; when the key is not there, at the closest table around it.
    pub(super) fn at(&self, key: &str, message: impl Into<String>) -> Problem {
        let line = self.find(key).map_or(0, |start| self.line(start));
        Problem {
            file: self.file.to_owned(),
            line,
            key: key.to_owned(),
            message: message.into(),
            fatal: true,
        }
    }

    pub(super) fn warn(&self, key: &str, message: impl Into<String>) -> Problem {
        Problem { fatal: false, ..self.at(key, message) }
    }

    fn find(&self, key: &str) -> Option<usize> {
        let document = self.document.as_ref()?;
        let mut item: &Item = document.as_item();
        let mut start = None;
        for step in key.split('.') {
            let (name, index) = match step.split_once('[') {
                Some((name, index)) => (name, index.trim_end_matches(']').parse::<usize>().ok()),
                None => (step, None),
            };
            if let Some(table) = item.as_table()
                && let Some((found, _)) = table.get_key_value(name)
            {
                start = found.span().map(|span| span.start).or(start);
            } else if let Some(table) = item.as_inline_table()
                && let Some((found, _)) = table.get_key_value(name)
            {
                start = found.span().map(|span| span.start).or(start);
            }
            let Some(next) = item.get(name) else { break };
            item = next;
            if let Some(index) = index {
                match item.get(index) {
                    Some(next) => {
                        item = next;
                        start = item.span().map(|span| span.start).or(start);
                    }
                    None => {
                        if let Some(table) = item.as_array_of_tables().and_then(|tables| tables.get(index)) {
                            start = table.span().map(|span| span.start).or(start);
                        }
                        break;
                    }
                }
            }
        }
        start
    }

    fn line(&self, offset: usize) -> usize {
        self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
    }
}
