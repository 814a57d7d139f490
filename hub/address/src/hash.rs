//! The hash by which the same place is recognised again.

use sha2::{Digest, Sha256};

use crate::text::is_han;

/// Room for the hashed text of all but the longest addresses: the detail, and what stands before it.
const ROOM: usize = 512;
const HEAD: usize = 64;

/// SHA-256 of `ns("A1") ns(country) ns(deepest region code) ns(detail)`, the detail without white space and
/// punctuation and in lower case. The detail comes in parts.
pub(crate) fn addr_hash<'a>(
    country: &str,
    region: &[u8],
    detail: impl IntoIterator<Item = &'a str, IntoIter: Clone>,
) -> String {
    let parts = detail.into_iter();
    let most = parts.clone().map(str::len).sum::<usize>();
    hashed(country, region, most, |room| parts.fold(HEAD, |end, part| keep(room, end, part)))
}

/// The same of a detail in which there is no white space, no punctuation and no capital.
pub(crate) fn addr_hash_of_words(country: &str, region: &[u8], detail: &str) -> String {
    hashed(country, region, detail.len(), |room| {
        let end = HEAD + detail.len();
        if let Some(place) = room.get_mut(HEAD..end) {
            place.copy_from_slice(detail.as_bytes());
        }
        end
    })
}

/// Hashes what is written into the room, from [`HEAD`] on and no longer than it may be.
fn hashed(country: &str, region: &[u8], most: usize, write: impl FnOnce(&mut [u8]) -> usize) -> String {
    let (mut near, mut far) = ([0; HEAD + ROOM], Vec::new());
    let room = match near.get_mut(..=HEAD + most) {
        Some(room) => room,
        None => {
            far.resize(HEAD + most + 1, 0);
            far.as_mut_slice()
        }
    };
    let end = write(room);
    let mut head = Line::default();
    head.put(b"2:A1,");
    match (country.as_bytes(), region) {
        // So it nearly always is in China.
        ([a, b], [c, d, e, f, g, h]) => {
            head.put(&[b'2', b':', *a, *b, b',', b'6', b':', *c, *d, *e, *f, *g, *h, b',']);
        }
        (country, region) => {
            head.ns(country);
            head.ns(region);
        }
    }
    head.number(end - HEAD);
    head.put(b":");
    let head = head.bytes.get(..head.len).unwrap_or_default();
    if let Some(comma) = room.get_mut(end) {
        *comma = b',';
    }
    if let Some(place) = room.get_mut(HEAD - head.len()..HEAD) {
        place.copy_from_slice(head);
    }
    let digest: [u8; 32] = Sha256::digest(room.get(HEAD - head.len()..=end).unwrap_or_default()).into();
    let digit = |half: u8| half + b'0' + u8::from(half > 9) * (b'a' - b'0' - 10);
    let mut hex = [0; 64];
    for ([high, low], byte) in hex.as_chunks_mut::<2>().0.iter_mut().zip(digest) {
        (*high, *low) = (digit(byte >> 4), digit(byte & 15));
    }
    std::str::from_utf8(&hex).unwrap_or_default().to_owned()
}

/// Writes letters and digits of a text behind what is there; they are no longer than the text. Says where they end.
fn keep(room: &mut [u8], mut end: usize, text: &str) -> usize {
    if text.is_ascii() {
        for byte in text.bytes() {
            if let Some(place) = room.get_mut(end) {
                *place = byte.to_ascii_lowercase();
            }
            end += usize::from(byte.is_ascii_alphanumeric());
        }
        return end;
    }
    let mut put = |letter: &[u8], counts: bool| {
        if let Some(place) = room.get_mut(end..end + letter.len()) {
            place.copy_from_slice(letter);
            end += if counts { letter.len() } else { 0 };
        }
    };
    for letter in text.chars() {
        match u8::try_from(letter) {
            Ok(byte @ 0..=0x7f) => put(&[byte.to_ascii_lowercase()], byte.is_ascii_alphanumeric()),
            _ if is_han(letter) || letter.is_alphanumeric() => {
                match letter.encode_utf8(&mut [0; 4]).as_bytes() {
                    [a, b, c] => put(&[*a, *b, *c], true),
                    others => put(others, true),
                }
            }
            _ => {}
        }
    }
    end
}

/// What stands before the detail: short, as country and region are codes.
struct Line {
    bytes: [u8; HEAD],
    len: usize,
}

impl Default for Line {
    fn default() -> Self {
        Line { bytes: [0; HEAD], len: 0 }
    }
}

impl Line {
    fn put(&mut self, bytes: &[u8]) {
        if let Some(place) = self.bytes.get_mut(self.len..self.len + bytes.len()) {
            place.copy_from_slice(bytes);
            self.len += bytes.len();
        }
    }

    fn number(&mut self, number: usize) {
        if number >= 10 {
            self.number(number / 10);
        }
        self.put(&[b'0' + u8::try_from(number % 10).unwrap_or(0)]);
    }

    fn ns(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.put(b":");
        self.put(bytes);
        self.put(b",");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_punctuation_say_nothing() {
        let one = addr_hash("CN", b"440305", ["科苑路15号 B栋", ",3单元"]);
        assert_eq!(one, addr_hash("CN", b"440305", ["科苑路15号b栋3单元"]));
        assert_ne!(one, addr_hash("CN", b"440304", ["科苑路15号B栋3单元"]));
        assert_eq!(one.len(), 64);
        assert_eq!(one, addr_hash_of_words("CN", b"440305", "科苑路15号b栋3单元"));
        // The same as by the formula.
        for detail in ["科苑路15号B栋3单元", "1 Fictional Row É ß Ⅷ 𠀀, #2", "", &"长".repeat(400)]
        {
            let kept: String = detail.chars().filter(|letter| letter.is_alphanumeric()).collect();
            let mut text = Vec::new();
            for part in ["A1", "CN", "440305007", &kept.to_ascii_lowercase()] {
                crossdock_schemas::identity::ns(&mut text, part.as_bytes());
            }
            let hash: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(addr_hash("CN", b"440305007", [detail]), hash, "{detail}");
        }
    }
}
