//! Bytes of a file to UTF-8 text, piece by piece.
//!
//! A byte order mark decides. Without one, and with `encoding = "auto"`, the text passes as it is until the
//! first byte that is not ASCII; the piece from there on decides between UTF-8 and GB18030. What is neither
//! is refused: a guess would put wrong characters into names.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, GB18030, UTF_16BE, UTF_16LE};

use crate::config::Encoding;

/// How much is looked at to decide.
const SAMPLE: usize = 64 * 1024;

/// A reader that gives UTF-8, as far as the input is what it claims to be.
#[derive(Debug)]
pub(crate) struct Decoded<R> {
    input: R,
    mode: Mode,
    /// Bytes that were read ahead.
    ahead: Vec<u8>,
    used: usize,
    ended: bool,
    /// Translated text, and how much of it was given out.
    text: Vec<u8>,
    copied: usize,
    /// All of the input is translated.
    done: bool,
}

enum Mode {
    /// All ASCII so far.
    Undecided,
    /// Passed on unchanged.
    Utf8,
    /// Translated.
    Other(Box<Decoder>),
}

impl std::fmt::Debug for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Undecided => "undecided",
            Self::Utf8 => "utf-8",
            Self::Other(_) => "other",
        })
    }
}

impl<R: Read> Decoded<R> {
    /// Looks at the first bytes of the input.
    pub(crate) fn new(mut input: R, encoding: Encoding) -> io::Result<Self> {
        let mut ahead = vec![0; 4];
        let filled = fill(&mut input, &mut ahead)?;
        ahead.truncate(filled);
        let (mut mode, mark) = match (encoding.label(), ahead.as_slice()) {
            (_, [0xEF, 0xBB, 0xBF, ..]) => (Mode::Utf8, 3),
            (_, [0xFF, 0xFE, ..]) => (Mode::Other(Box::new(UTF_16LE.new_decoder_without_bom_handling())), 2),
            (_, [0xFE, 0xFF, ..]) => (Mode::Other(Box::new(UTF_16BE.new_decoder_without_bom_handling())), 2),
            (Some(label), _) => (Mode::Other(Box::new(label.new_decoder_without_bom_handling())), 0),
            (None, _) => (Mode::Undecided, 0),
        };
        if encoding == Encoding::Utf8 && matches!(mode, Mode::Undecided) {
            mode = Mode::Utf8;
        }
        Ok(Self {
            input,
            mode,
            ahead,
            used: mark,
            ended: filled < 4,
            text: Vec::new(),
            copied: 0,
            done: false,
        })
    }

    fn ahead(&self) -> &[u8] {
        self.ahead.get(self.used..).unwrap_or_default()
    }

    /// Bytes read ahead first, then the input.
    fn raw(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.ahead().is_empty() {
            return self.input.read(out);
        }
        let len = self.ahead().len().min(out.len());
        if let (Some(to), Some(from)) =
            (out.get_mut(..len), self.ahead.get(self.used..).and_then(|a| a.get(..len)))
        {
            to.copy_from_slice(from);
        }
        self.used = self.used.saturating_add(len);
        Ok(len)
    }

    /// Decodes the next piece into a buffer of its own: a decoder needs room for a whole character.
    fn translate(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Mode::Other(decoder) = &mut self.mode else { return Ok(0) };
        while self.copied >= self.text.len() && !self.done {
            if self.used >= self.ahead.len() && !self.ended {
                self.ahead.resize(SAMPLE, 0);
                let read = self.input.read(&mut self.ahead);
                self.ahead.truncate(*read.as_ref().unwrap_or(&0));
                self.used = 0;
                self.ended = read? == 0;
            }
            let source = self.ahead.get(self.used..).unwrap_or_default();
            self.text.resize(SAMPLE, 0);
            let (result, read, written, _) = decoder.decode_to_utf8(source, &mut self.text, self.ended);
            self.used = self.used.saturating_add(read);
            self.text.truncate(written);
            self.copied = 0;
            self.done = self.ended && result == CoderResult::InputEmpty;
        }
        let ready = self.text.get(self.copied..).unwrap_or_default();
        let len = ready.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..len), ready.get(..len)) {
            to.copy_from_slice(from);
        }
        self.copied = self.copied.saturating_add(len);
        Ok(len)
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.mode {
            Mode::Utf8 => self.raw(out),
            Mode::Other(_) => self.translate(out),
            Mode::Undecided => {
                let read = self.raw(out)?;
                let fresh = out.get(..read).unwrap_or_default();
                let Some(first) = fresh.iter().position(|byte| !byte.is_ascii()) else { return Ok(read) };
                let mut sample = fresh.get(first..).unwrap_or_default().to_vec();
                sample.extend_from_slice(self.ahead());
                let known = sample.len();
                sample.resize(known.max(SAMPLE), 0);
                let more = fill(&mut self.input, sample.get_mut(known..).unwrap_or_default())?;
                sample.truncate(known.saturating_add(more));
                self.mode = decide(&sample)?;
                (self.ahead, self.used) = (sample, 0);
                if first > 0 { Ok(first) } else { self.read(out) }
            }
        }
    }
}

fn fill(input: &mut impl Read, out: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0_usize;
    while let Some(rest) = out.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(read) => filled = filled.saturating_add(read),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn decide(sample: &[u8]) -> io::Result<Mode> {
    match std::str::from_utf8(sample) {
        Ok(_) => return Ok(Mode::Utf8),
        // The sample may end inside a character.
        Err(error) if error.error_len().is_none() => return Ok(Mode::Utf8),
        Err(_) => {}
    }
    if looks_like_gb18030(sample) {
        return Ok(Mode::Other(Box::new(GB18030.new_decoder_without_bom_handling())));
    }
    let what = "the text is neither UTF-8 nor GB18030: set `encoding` to what the program that wrote it used";
    Err(io::Error::new(io::ErrorKind::InvalidData, what))
}

/// Western text in a one-byte encoding often reads as GB18030 by accident: one accented letter and the plain
/// letter after it. Chinese text is made of two high bytes nearly always; half of it is asked for.
fn looks_like_gb18030(sample: &[u8]) -> bool {
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let mut text = vec![0; sample.len().saturating_mul(3).saturating_add(16)];
    let (_, _, _, replaced) = decoder.decode_to_utf8(sample, &mut text, false);
    if replaced {
        return false;
    }
    let (mut pairs, mut common) = (0_usize, 0_usize);
    let mut bytes = sample.iter();
    while let Some(lead) = bytes.next() {
        if lead.is_ascii() {
            continue;
        }
        if let Some(trail) = bytes.next() {
            pairs = pairs.saturating_add(1);
            if *lead >= 0xA1 && *trail >= 0xA1 {
                common = common.saturating_add(1);
            }
        }
    }
    common.saturating_mul(2) >= pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], encoding: Encoding) -> io::Result<String> {
        let mut text = String::new();
        // A reader of few bytes at a time meets every boundary.
        Decoded::new(Trickle(bytes), encoding)?.read_to_string(&mut text)?;
        Ok(text)
    }

    struct Trickle<'a>(&'a [u8]);

    impl Read for Trickle<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let len = out.len().min(3).min(self.0.len());
            out[..len].copy_from_slice(&self.0[..len]);
            self.0 = &self.0[len..];
            Ok(len)
        }
    }

    const TEXT: &str = "order_no,title\n1001,红色 T恤\n1002,Café £20\n";

    #[test]
    fn utf8_with_and_without_mark() {
        assert_eq!(read(TEXT.as_bytes(), Encoding::Auto).unwrap(), TEXT);
        assert_eq!(read(format!("\u{feff}{TEXT}").as_bytes(), Encoding::Auto).unwrap(), TEXT);
        assert_eq!(read(format!("\u{feff}{TEXT}").as_bytes(), Encoding::Utf8).unwrap(), TEXT);
    }

    #[test]
    fn gb18030_found_and_configured() {
        let (bytes, _, lost) = GB18030.encode("订单号,标题\n1001,红色 T恤，中文标题\n");
        assert!(!lost);
        for encoding in [Encoding::Auto, Encoding::Gb18030] {
            assert_eq!(read(&bytes, encoding).unwrap(), "订单号,标题\n1001,红色 T恤，中文标题\n");
        }
    }

    #[test]
    fn utf16_by_its_mark() {
        let little: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&[b"\xFF\xFE", little.as_slice()].concat(), Encoding::Auto).unwrap(), TEXT);
        assert_eq!(read(&little, Encoding::Utf16le).unwrap(), TEXT);
    }

    #[test]
    fn western_text_is_not_taken_for_chinese() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode("title\ncafés, élan, garçon, naïve, señor\n");
        let error = read(&bytes, Encoding::Auto).unwrap_err();
        assert!(error.to_string().contains("set `encoding`"), "{error}");
        let text = read(&bytes, Encoding::Windows1252).unwrap();
        assert_eq!(text, "title\ncafés, élan, garçon, naïve, señor\n");
    }

    #[test]
    fn short_and_empty_inputs() {
        assert_eq!(read(b"", Encoding::Auto).unwrap(), "");
        assert_eq!(read(b"a", Encoding::Auto).unwrap(), "a");
        assert_eq!(read("é".as_bytes(), Encoding::Auto).unwrap(), "é");
    }
}
