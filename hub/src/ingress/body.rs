//! Reading a request body within its limits, and unpacking it.

use std::io::Read;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use flate2::read::GzDecoder;
use http_body_util::BodyExt;

/// Most bytes of a body that is too large that are read and thrown away, and for how long.
const DRAINED: usize = 256 * 1024;
const DRAINED_FOR: Duration = Duration::from_millis(500);

/// Why a body was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// More bytes than allowed, packed or unpacked: 413.
    TooLarge,
    /// Not a body at all, or not the encoding it says: 400.
    Broken,
    /// An encoding we do not take: 415.
    Encoding,
}

/// Reads a body of at most `most` bytes, whatever its length header says.
///
/// # Errors
/// Why it was not taken.
pub async fn read<B>(mut body: B, most: usize) -> Result<Bytes, Refused>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
{
    if body.size_hint().lower() > u64::try_from(most).unwrap_or(u64::MAX) {
        drain(body).await;
        return Err(Refused::TooLarge);
    }
    let mut first: Option<Bytes> = None;
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Refused::Broken)?.into_data() else { continue };
        let so_far = first.as_ref().map_or(0, Bytes::len) + all.len();
        if so_far + data.len() > most {
            drain(body).await;
            return Err(Refused::TooLarge);
        }
        // Most bodies are one frame: keep it as it is.
        match (&first, all.is_empty()) {
            (None, true) => first = Some(data),
            _ => {
                if let Some(first) = first.take() {
                    all.extend_from_slice(&first);
                }
                all.extend_from_slice(&data);
            }
        }
    }
    Ok(first.unwrap_or_else(|| all.freeze()))
}

/// Reads on a little and keeps nothing: closing while the caller still writes would reset the connection, and he
/// would never see the answer.
async fn drain<B>(mut body: B)
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
{
    let reading = async {
        let mut left = DRAINED;
        while left > 0
            && let Some(Ok(frame)) = body.frame().await
        {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
        }
    };
    drop(tokio::time::timeout(DRAINED_FOR, reading).await);
}

/// Unpacks a body by its `Content-Encoding`. Only `identity` and a single `gzip` are taken.
///
/// # Errors
/// Why it was not taken.
pub fn unpack(body: &Bytes, encoding: Option<&str>, most: usize, ratio: usize) -> Result<Bytes, Refused> {
    match encoding.map(str::trim) {
        None | Some("" | "identity") => Ok(body.clone()),
        Some("gzip" | "x-gzip") => {
            let most = most.min(body.len().saturating_mul(ratio));
            let mut unpacked = Vec::new();
            let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
            GzDecoder::new(&body[..]).take(limit).read_to_end(&mut unpacked).map_err(|_| Refused::Broken)?;
            if unpacked.len() > most { Err(Refused::TooLarge) } else { Ok(unpacked.into()) }
        }
        Some(_) => Err(Refused::Encoding),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Bytes {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap().into()
    }

    #[test]
    fn a_bomb_is_stopped_by_ratio_and_by_size() {
        let bomb = gzip(&vec![0; 10 << 20]);
        assert_eq!(unpack(&bomb, Some("gzip"), 8 << 20, 20), Err(Refused::TooLarge));
        assert_eq!(unpack(&bomb, Some("gzip"), 8 << 20, 100_000), Err(Refused::TooLarge));
    }

    #[test]
    fn only_one_plain_gzip_is_taken() {
        let packed = gzip(b"{\"a\":1}");
        assert_eq!(unpack(&packed, Some("gzip"), 1000, 20).unwrap(), "{\"a\":1}");
        assert_eq!(unpack(&packed, Some("gzip, gzip"), 1000, 20), Err(Refused::Encoding));
        assert_eq!(unpack(&packed, Some("br"), 1000, 20), Err(Refused::Encoding));
        assert_eq!(unpack(&packed.slice(..packed.len() - 6), Some("gzip"), 1000, 20), Err(Refused::Broken));
    }
}
