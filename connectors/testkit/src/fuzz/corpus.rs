//! Inputs that fuzzing found, kept as text: `corpus/<target>.txt` in the connector's folder, one input a line.
//!
//! What can be read stands as it is. `\\`, `\n`, `\r` and `\t` are as usual, `\xNN` is a byte that is no text, `\u{N}` a
//! character that cannot be seen. Lines that start with `#` are remarks. Seeds are not kept: they are made from the fixtures.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::Target;
use crate::fixture::FixtureError;

/// The file that keeps the finds of a target.
pub fn file(root: &Path, target: Target) -> PathBuf {
    root.join("corpus").join(format!("{}.txt", target.as_str()))
}

/// The finds that are kept of a target; none when there is no file.
///
/// # Errors
/// With the line that is none.
pub fn load(root: &Path, target: Target) -> Result<Vec<Vec<u8>>, FixtureError> {
    let file = file(root, target);
    if !file.is_file() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(&file).map_err(|error| FixtureError::new(&file, error))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|(at, line)| {
            read(line).ok_or_else(|| FixtureError::key(&file, format!("line {}", at + 1), "no such escape"))
        })
        .collect()
}

/// Inputs as the text of a corpus.
pub fn text(remark: &str, inputs: &[Vec<u8>]) -> String {
    let mut text = format!("# {remark}\n");
    let mut lines: Vec<String> = inputs.iter().map(|input| line(input)).collect();
    lines.sort_by(|one, other| one.len().cmp(&other.len()).then_with(|| one.cmp(other)));
    for line in lines {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

fn line(input: &[u8]) -> String {
    let mut line = String::with_capacity(input.len() + 16);
    for chunk in input.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\\' => line.push_str("\\\\"),
                '\n' => line.push_str("\\n"),
                '\r' => line.push_str("\\r"),
                '\t' => line.push_str("\\t"),
                '#' if line.is_empty() => line.push_str("\\x23"),
                letter if seen(letter) => line.push(letter),
                // Writing to a text does not fail.
                letter => write!(line, "\\u{{{:x}}}", u32::from(letter)).unwrap_or_default(),
            }
        }
        for byte in chunk.invalid() {
            write!(line, "\\x{byte:02x}").unwrap_or_default();
        }
    }
    line
}

/// Whether a character is seen, takes part in no joke with the direction of text, and is in a script that sources use here.
fn seen(letter: char) -> bool {
    matches!(letter, ' '..='~' | '\u{c0}'..='\u{24f}' | '\u{3001}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ff01}'..='\u{ff5e}')
}

fn read(line: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        match letters.next()? {
            '\\' => bytes.push(b'\\'),
            'n' => bytes.push(b'\n'),
            'r' => bytes.push(b'\r'),
            't' => bytes.push(b'\t'),
            'x' => {
                let digits: String = letters.by_ref().take(2).collect();
                bytes.push(u8::from_str_radix(&digits, 16).ok()?);
            }
            'u' => {
                let digits: String = letters.by_ref().skip(1).take_while(|letter| *letter != '}').collect();
                let letter = char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?;
                bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => return None,
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_survive_as_a_line() {
        let all: Vec<u8> = (0..=255).collect();
        let text = "# a \\ \n\r\t 快递 é \u{202e}\u{feff}\u{1f600}";
        for input in [&all[..], text.as_bytes(), b"", b"\xff#", b"\\x23"] {
            let line = line(input);
            assert!(!line.contains('\n') && !line.starts_with('#'), "{line}");
            assert_eq!(read(&line).as_deref(), Some(input), "{line}");
        }
        assert_eq!(line("\u{202e}\n".as_bytes()), "\\u{202e}\\n");
        assert_eq!(read("\\q"), None);
        assert_eq!(read("\\"), None);
    }

    #[test]
    fn short_inputs_come_first() {
        assert_eq!(text("found", &[b"bb".to_vec(), b"a".to_vec()]), "# found\na\nbb\n");
    }
}
