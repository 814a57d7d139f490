//! Words and numbers for people.

use std::fmt::Display;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

/// As it should be.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// Wrong.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Titles and names.
pub(super) const STRONG: Style = Style::new().bold();
/// What matters less.
pub(super) const FAINT: Style = Style::new().dimmed();

/// Text in a colour; where it is printed decides whether the colour is seen.
pub(super) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// A number with its thousands set apart.
pub(super) fn thousands(number: u64) -> String {
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

/// A count with its word, in the plural where it belongs.
pub(super) fn count(number: u64, word: &str) -> String {
    match number {
        1 => format!("1 {word}"),
        _ => format!("{} {word}s", thousands(number)),
    }
}

/// Where the demo prints.
pub(super) type Paper<'a> = &'a mut (dyn Write + Send);

/// A title with a line to the edge.
pub(super) fn title(paper: Paper<'_>, text: &str) -> io::Result<()> {
    let rest = 96_usize.saturating_sub(text.chars().count());
    writeln!(paper, "\n{} {}", paint(STRONG, text), paint(FAINT, "─".repeat(rest)))
}
