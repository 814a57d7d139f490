//! What a command says: results on stdout, as NDJSON for programs and as text and tables for people; messages on
//! stderr. Errors of writing are given back, so that a closed pipe ends a command quietly.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{ContentArrangement, Table};
use serde::Serialize;

/// Green: as it should be.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// Yellow: to be looked at.
pub const WARN: Style = AnsiColor::Yellow.on_default();
/// Red: something is wrong.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// Names of things.
pub const STRONG: Style = Style::new().bold();
/// What matters less.
pub const FAINT: Style = Style::new().dimmed();

/// Stdout.
pub struct Out {
    writer: BufWriter<Stdout>,
    people: bool,
    colours: bool,
}

/// Who reads stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reader {
    /// People when it is a terminal, programs otherwise.
    #[default]
    Auto,
    /// Programs: NDJSON.
    Program,
    /// People: text and tables.
    People,
}

impl Out {
    /// Stdout for a reader.
    pub fn new(reader: Reader) -> Self {
        let stdout = io::stdout();
        let people = match reader {
            Reader::Auto => stdout.is_terminal(),
            Reader::Program => false,
            Reader::People => true,
        };
        let colours = people && anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
        Self { writer: BufWriter::with_capacity(1 << 16, stdout), people, colours }
    }

    /// Whether people read it.
    pub fn for_people(&self) -> bool {
        self.people
    }

    /// Writes a line of text. Whatever it was put together from, it cannot speak to the terminal.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn line(&mut self, text: impl Display) -> io::Result<()> {
        writeln!(self.writer, "{}", quiet(&text.to_string(), self.colours))
    }

    /// A line as [`line`](Self::line) would write it.
    pub fn harmless(&self, line: &str) -> String {
        quiet(line, self.colours).into_owned()
    }

    /// Writes bytes as they are.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes)
    }

    /// Writes a value as one line of JSON.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string(value).map_err(io::Error::from)?;
        if text.chars().any(speaks) {
            // They can only stand inside of texts, where they may be written as escapes too.
            for letter in text.chars() {
                match speaks(letter) {
                    true => write!(self.writer, "\\u{:04x}", u32::from(letter))?,
                    false => write!(self.writer, "{letter}")?,
                }
            }
        } else {
            self.writer.write_all(text.as_bytes())?;
        }
        self.writer.write_all(b"\n")
    }

    /// Writes a table.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn table(&mut self, table: &Table) -> io::Result<()> {
        for line in table.lines() {
            writeln!(self.writer, "{}", quiet(line.trim_end(), self.colours))?;
        }
        Ok(())
    }

    /// Text in a colour, where colours are seen.
    pub fn paint(&self, style: Style, text: impl Display) -> String {
        if self.colours { format!("{style}{text}{style:#}") } else { text.to_string() }
    }

    /// Makes sure that everything was written.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// An empty table with its header.
pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_BORDERS_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header.to_vec());
    table
}

/// Says something to people, on stderr. When nobody can hear it, nothing is lost.
pub fn say(text: impl Display) {
    let mut stderr = anstream::stderr().lock();
    drop(writeln!(stderr, "{}", quiet(&text.to_string(), true)).and_then(|()| stderr.flush()));
}

/// Letters that speak to a terminal, or turn round how what follows is read. What JSON writes as an escape anyway is
/// among them.
fn speaks(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text without what speaks to a terminal, but for line ends, tabs, and our colours where there are any.
fn quiet(text: &str, colours: bool) -> Cow<'_, str> {
    if !text.chars().any(|letter| speaks(letter) && !matches!(letter, '\n' | '\t')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some(colour) = colour(rest).filter(|_| colours) {
            out.push_str(colour);
            rest = rest.get(colour.len()..).unwrap_or_default();
            continue;
        }
        if !speaks(letter) || matches!(letter, '\n' | '\t') {
            out.push(letter);
        }
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
    }
    Cow::Owned(out)
}

/// The colour that a text begins with: `ESC [ digits m`.
fn colour(text: &str) -> Option<&str> {
    let codes = text.strip_prefix("\u{1b}[")?;
    let end = codes.find(|letter: char| !letter.is_ascii_digit() && letter != ';')?;
    codes.get(end..)?.starts_with('m').then(|| text.get(..end + 3))?
}

/// Words from outside on one line: without what could move the cursor or start a line of its own.
pub fn plain(text: &str) -> String {
    let words = text.split(|letter: char| speaks(letter) || letter.is_whitespace());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A count with its word, in the plural where it belongs.
pub fn count(number: u64, word: &str) -> String {
    match number {
        1 => format!("1 {word}"),
        _ => format!("{} {word}s", thousands(number)),
    }
}

/// A number with its thousands set apart.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A time as people read it: UTC, to the second.
pub fn time(micros: crate::backbone::Micros) -> String {
    crate::clock::timestamp(micros).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_colours_reach_a_terminal() {
        let painted = format!("{BAD}bad{BAD:#}\tand\nmore");
        assert_eq!(quiet(&painted, true), painted);
        assert_eq!(quiet("\u{1b}[2J\u{1b}]0;x\u{7}a\u{9b}2Kb\rc\u{202e}d", true), "[2J]0;xa2Kbcd");
        assert_eq!(quiet("\u{1b}[31mred", false), "[31mred");
        assert!(matches!(quiet("nothing 中文", false), Cow::Borrowed(_)));
        assert_eq!(plain("a\u{1b}[2J\r\nb\u{202e}"), "a [2J b");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1000), "1,000");
        assert_eq!(thousands(541_909), "541,909");
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(count(2, "row"), "2 rows");
    }

    #[test]
    fn words_from_outside_stay_on_their_line() {
        assert_eq!(plain("no such\r\n  hook\u{1b}[2J\u{7}"), "no such hook [2J");
    }
}
