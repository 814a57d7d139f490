//! A picture that stays in its place: cut to the window and written over the one before, in one piece, so that nothing
//! flickers or scrolls. Pure, but for asking how large the window is.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How much can be seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) columns: usize,
    pub(super) rows: usize,
}

impl Window {
    /// The terminal's, where there is one.
    pub(super) fn of_terminal() -> Option<Self> {
        let (columns, rows) = terminal_size::terminal_size_of(std::io::stdout())?;
        // Some terminals say that they are nothing.
        (columns.0 > 0 && rows.0 > 0).then(|| Self { columns: columns.0.into(), rows: rows.0.into() })
    }
}

/// What writes lines over whatever the window shows. What does not fit below is counted.
pub(super) fn over(lines: &[String], window: Window) -> String {
    let rows = window.rows.max(1);
    let shown = if lines.len() > rows { rows - 1 } else { lines.len() };
    let more = lines.len() - shown;
    let last = (more > 0).then(|| format!("… {more} lines more: make the window larger"));
    let mut text = String::from("\u{1b}[H");
    for (at, line) in lines.iter().take(shown).chain(&last).enumerate() {
        if at > 0 {
            text.push_str("\r\n");
        }
        // Emptied before and not after: behind the last column there is no place to empty from.
        text.push_str("\u{1b}[2K");
        text.push_str(&cut(line, window.columns));
    }
    if lines.len() < rows {
        text.push_str("\r\n\u{1b}[J");
    }
    text
}

/// A line of so many columns at most; colours take none.
pub(super) fn cut(line: &str, columns: usize) -> String {
    if width(line) <= columns {
        return line.to_owned();
    }
    let (mut text, mut room, mut coloured) = (String::new(), columns.saturating_sub(1), false);
    let mut rest = line.chars();
    while let Some(letter) = rest.next() {
        if letter == '\u{1b}' {
            coloured = true;
            text.push(letter);
            text.extend(rest.by_ref().take_while(|letter| *letter != 'm'));
            text.push('m');
            continue;
        }
        let takes = letter.width().unwrap_or(0);
        if takes > room {
            break;
        }
        room -= takes;
        text.push(letter);
    }
    if columns > 0 {
        text.push('…');
    }
    if coloured {
        text.push_str("\u{1b}[0m");
    }
    text
}

/// Columns that a line takes.
pub(super) fn width(line: &str) -> usize {
    let mut colours = line.split('\u{1b}');
    let first = colours.next().map_or(0, UnicodeWidthStr::width);
    first + colours.map(|piece| piece.split_once('m').map_or(0, |(_, rest)| rest.width())).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_at_columns_and_keeps_its_colours() {
        let red = "\u{1b}[1m\u{1b}[31m订单 refused\u{1b}[0m";
        assert_eq!((width(red), cut(red, 12)), (12, red.to_owned()));
        assert_eq!(cut(red, 8), "\u{1b}[1m\u{1b}[31m订单 re…\u{1b}[0m");
        assert_eq!(cut(red, 4), "\u{1b}[1m\u{1b}[31m订…\u{1b}[0m", "half of a letter is not shown");
        assert_eq!(
            (cut("plain", 4), cut("plain", 1), cut("plain", 0)),
            ("pla…".into(), "…".into(), String::new())
        );
    }

    #[test]
    fn a_picture_never_scrolls() {
        let lines: Vec<String> = (0..10).map(|line| format!("line {line}")).collect();
        let small = over(&lines, Window { columns: 80, rows: 4 });
        assert_eq!(small.matches('\n').count(), 3);
        assert!(small.contains("line 2") && !small.contains("line 3") && small.contains("7 lines more"));
        let exact = over(&lines, Window { columns: 80, rows: 10 });
        assert!(exact.ends_with("line 9"), "not one line more");
        assert!(over(&lines, Window { columns: 80, rows: 11 }).ends_with("line 9\r\n\u{1b}[J"));
    }
}
