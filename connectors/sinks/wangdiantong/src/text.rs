//! Texts and times as WDT takes them.

use std::fmt::Write;

use crossdock_connector::time::CHINA;
use crossdock_schemas::Ts;

/// A time in China without its zone: `2026-11-21 20:00:00`.
pub(crate) fn china(at: Ts) -> String {
    let local = CHINA.to_datetime(at.at);
    let mut out = String::with_capacity(19);
    // Writing to a text cannot fail.
    write!(
        out,
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second()
    )
    .unwrap_or_default();
    out
}

/// Their way to say that there is no time.
pub(crate) const NO_TIME: &str = "0000-00-00 00:00:00";

/// A text without the characters that make WDT refuse an order: control characters and emoji. Line breaks become
/// blanks; rare Chinese characters stay, they are somebody's name.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for letter in text.trim().chars() {
        if letter.is_control() || letter.is_whitespace() {
            blank = true;
        } else if !is_picture(letter) {
            if blank && !out.is_empty() {
                out.push(' ');
            }
            blank = false;
            out.push(letter);
        }
    }
    out
}

/// The same, no longer than the vendor's column.
pub(crate) fn cut(text: &str, most: usize) -> String {
    clean(text).chars().take(most).collect()
}

fn is_picture(letter: char) -> bool {
    matches!(letter,
        // Emoji, their flags, skin tones and older symbols that are shown as emoji.
        '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}'
        // What glues emoji together, and characters without a shape.
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{e0000}'..='\u{e007f}' | '\u{20e3}'
        // Private use: every system shows something else.
        | '\u{e000}'..='\u{f8ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_china() {
        assert_eq!(china("2026-11-21T16:30:05.900Z".parse().unwrap()), "2026-11-22 00:30:05");
        assert_eq!(china("2026-11-21T12:00:00+08:00".parse().unwrap()), "2026-11-21 12:00:00");
    }

    #[test]
    fn what_makes_wdt_refuse_an_order_is_left_out() {
        assert_eq!(clean(" 林小满😀\u{fe0f} "), "林小满");
        assert_eq!(clean("放\r\n门口\u{0}❤ 谢谢"), "放 门口 谢谢");
        assert_eq!(clean("𠮷野"), "𠮷野");
        assert_eq!(cut("一二三四", 3), "一二三");
    }
}
