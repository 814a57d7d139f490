//! Frames of the TMC channel, as they travel over its WebSocket: one version byte, one type byte, headers, an end.
//!
//! Layout and numbers: the fact sheet's table, read in an SDK and checked with the frames that SDK writes. Numbers come
//! in the narrowest of several formats, so a value is read by its format and never by its name.

use std::borrow::Cow;

use crossdock_connector::{Error, Result};

/// Version of the protocol, the first byte of each frame.
pub(crate) const VERSION: u8 = 2;
/// Frame type of messages in both directions.
const SEND: u8 = 2;
/// `__kind` of a message to us.
const DATA: i64 = 3;
/// `__kind` of our confirmation.
const CONFIRM: i64 = 2;

/// A frame, as far as it matters to us.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    kind: u8,
    token: Option<Cow<'a, str>>,
    headers: Vec<(Cow<'a, str>, Value<'a>)>,
}

/// The value of a header.
#[derive(Debug, PartialEq, Eq)]
enum Value<'a> {
    Text(Cow<'a, str>),
    Number(i64),
    Other,
}

/// Bytes that are taken one after the other.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (head, rest) =
            self.0.split_at_checked(count).ok_or_else(|| Error::malformed("the frame is cut off").at("$"))?;
        self.0 = rest;
        Ok(head)
    }

    /// Little-endian, of one to eight bytes.
    fn number(&mut self, bytes: usize) -> Result<i64> {
        let given = self.take(bytes)?;
        let negative = given.last().is_some_and(|byte| byte & 0x80 != 0);
        let mut whole = if negative { [0xFF; 8] } else { [0; 8] };
        for (place, byte) in whole.iter_mut().zip(given) {
            *place = *byte;
        }
        Ok(i64::from_le_bytes(whole))
    }

    fn counted(&mut self) -> Result<&'a [u8]> {
        let length = usize::try_from(self.number(4)?)
            .map_err(|_| Error::malformed("a length of the frame is below zero").at("$"))?;
        self.take(length)
    }

    fn text(&mut self) -> Result<Cow<'a, str>> {
        let bytes = self.counted()?;
        let text = std::str::from_utf8(bytes);
        text.map(Cow::Borrowed).map_err(|_| Error::malformed("a text of the frame is not UTF-8").at("$"))
    }

    fn value(&mut self) -> Result<Value<'a>> {
        let format = self.number(1)?;
        Ok(match format {
            0 => Value::Other,
            1 => Value::Text(self.text()?),
            2 => Value::Number(self.number(1)?),
            3 => Value::Number(self.number(2)?),
            4 => Value::Number(self.number(4)?),
            5 | 6 => Value::Number(self.number(8)?),
            7 => {
                self.counted()?;
                Value::Other
            }
            _ => return Err(Error::malformed("the frame holds a format that is none").at("$")),
        })
    }
}

/// Whether a body is a frame and not JSON text.
pub(crate) fn is_frame(body: &[u8]) -> bool {
    body.first() == Some(&VERSION)
}

impl<'a> Frame<'a> {
    /// Reads a frame.
    pub(crate) fn read(body: &'a [u8]) -> Result<Self> {
        let mut reader = Reader(body);
        let (version, kind) = match reader.take(2)? {
            [version, kind] => (*version, *kind),
            _ => (0, 0),
        };
        if version != VERSION {
            return Err(Error::malformed("the frame is of another version of the protocol").at("$"));
        }
        let mut frame = Self { kind, ..Self::default() };
        loop {
            match reader.number(2)? {
                0 => break,
                1 => {
                    let name = reader.text()?;
                    let value = reader.value()?;
                    frame.headers.push((name, value));
                }
                2 | 4 => drop(reader.number(4)?),
                3 => drop(reader.text()?),
                5 => frame.token = Some(reader.text()?),
                _ => return Err(Error::malformed("the frame holds a header that is none").at("$")),
            }
        }
        if reader.0.is_empty() {
            Ok(frame)
        } else {
            Err(Error::malformed("bytes follow the end of the frame").at("$"))
        }
    }

    fn find(&self, name: &str) -> Option<&Value<'a>> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// A header that is text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.find(name)? {
            Value::Text(text) => Some(text),
            Value::Number(_) | Value::Other => None,
        }
    }

    /// A header that is a number, whatever format it came in.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        match self.find(name)? {
            Value::Number(number) => Some(*number),
            Value::Text(text) => text.parse().ok(),
            Value::Other => None,
        }
    }

    /// Whether it brings a message.
    pub(crate) fn is_message(&self) -> bool {
        self.kind == SEND && self.number("__kind") == Some(DATA)
    }

    /// The frame that confirms this message; without it the platform sends the message again.
    pub(crate) fn confirmation(&self) -> Option<Vec<u8>> {
        let id = self.number("id").filter(|_| self.is_message())?;
        let mut out = vec![VERSION, SEND];
        if let Some(token) = &self.token {
            out.extend(5_i16.to_le_bytes());
            write_text(&mut out, token)?;
        }
        for (name, number) in [("__kind", CONFIRM), ("id", id)] {
            out.extend(1_i16.to_le_bytes());
            write_text(&mut out, name)?;
            write_number(&mut out, number);
        }
        out.extend(0_i16.to_le_bytes());
        Some(out)
    }
}

fn write_text(out: &mut Vec<u8>, text: &str) -> Option<()> {
    out.extend(i32::try_from(text.len()).ok()?.to_le_bytes());
    out.extend(text.as_bytes());
    Some(())
}

/// In the narrowest format that fits, as the platform's own clients do.
fn write_number(out: &mut Vec<u8>, number: i64) {
    if let Ok(byte) = i8::try_from(number) {
        out.push(2);
        out.extend(byte.to_le_bytes());
    } else if let Ok(short) = i16::try_from(number) {
        out.push(3);
        out.extend(short.to_le_bytes());
    } else if let Ok(int) = i32::try_from(number) {
        out.push(4);
        out.extend(int.to_le_bytes());
    } else {
        out.push(5);
        out.extend(number.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_connector::sign;

    const DATA_FRAME: &str = include_str!("../fixtures/requests/tmc_data.hex");
    const CONFIRM_FRAME: &str = include_str!("../fixtures/requests/tmc_confirm.hex");
    const PULL_FRAME: &str = include_str!("../fixtures/requests/tmc_pull.hex");
    const CONNECT_FRAME: &str = include_str!("../fixtures/requests/tmc_connect.hex");

    fn bytes(hex: &str) -> Vec<u8> {
        sign::unhex(hex.trim()).unwrap()
    }

    #[test]
    fn the_frames_of_the_sheet() {
        let data = bytes(DATA_FRAME);
        let frame = Frame::read(&data).unwrap();
        assert!(frame.is_message() && is_frame(&data));
        assert_eq!(frame.text("topic"), Some("taobao_trade_TradeBuyerPay"));
        assert_eq!(frame.text("content"), Some("{\"tid\":1}"));
        assert_eq!(frame.number("id"), Some(9_007_199_254_740_993));
        assert_eq!(frame.number("time"), Some(1_795_262_400_000));
        assert_eq!(frame.number("retried"), Some(0));
        assert_eq!(frame.confirmation(), Some(bytes(CONFIRM_FRAME)));
        for other in [PULL_FRAME, CONFIRM_FRAME, CONNECT_FRAME] {
            let other = bytes(other);
            let frame = Frame::read(&other).unwrap();
            assert!(!frame.is_message());
            assert_eq!(frame.confirmation(), None);
        }
        let connect = bytes(CONNECT_FRAME);
        let connect = Frame::read(&connect).unwrap();
        assert_eq!(connect.text("sign"), Some("C45C6E39336FCC7910763918CEAD40A9"));
    }

    #[test]
    fn no_cut_of_a_frame_is_a_frame() {
        let data = bytes(DATA_FRAME);
        for length in 0..data.len() {
            assert!(Frame::read(&data[..length]).is_err(), "{length}");
        }
        let longer = [data.as_slice(), &[0]].concat();
        assert!(Frame::read(&longer).is_err());
    }

    #[test]
    fn numbers_are_read_by_their_format() {
        for (number, width) in
            [(0_i64, 1), (-1, 1), (127, 1), (128, 2), (-32_768, 2), (32_768, 4), (1 << 40, 8)]
        {
            let mut out = Vec::new();
            write_number(&mut out, number);
            assert_eq!(out.len(), width + 1, "{number}");
            assert_eq!(Reader(&out).value().unwrap(), Value::Number(number), "{number}");
        }
    }
}
