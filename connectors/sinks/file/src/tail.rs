//! The end of a file after a crash: a line that was not written to its end is cut off.
//!
//! Nothing is lost by it. A batch counts as delivered only after its fsync, so what was
//! torn was never reported as delivered and comes again.

use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom};

const BLOCK: u64 = 64 * 1024;

/// Cuts off what stands behind the last line break. Gives the length that is left.
pub(crate) fn cut_torn_line(file: &mut File) -> Result<u64> {
    let length = file.seek(SeekFrom::End(0))?;
    let whole = end_of_last_line(file, length)?;
    if whole < length {
        file.set_len(whole)?;
        file.sync_data()?;
    }
    Ok(whole)
}

/// Reads backwards, block by block, to the last line break.
fn end_of_last_line(file: &mut File, length: u64) -> Result<u64> {
    let mut end = length;
    let mut block = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(BLOCK);
        file.seek(SeekFrom::Start(start))?;
        block.clear();
        file.by_ref().take(end - start).read_to_end(&mut block)?;
        if let Some(at) = block.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + u64::try_from(at).unwrap_or(0) + 1);
        }
        end = start;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn cut(content: &[u8]) -> Vec<u8> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        let length = cut_torn_line(&mut file).unwrap();
        let mut left = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut left).unwrap();
        assert_eq!(left.len() as u64, length);
        left
    }

    #[test]
    fn whole_lines_stay() {
        for whole in [&b""[..], b"\n", b"{\"a\":1}\n", b"{}\n{}\n"] {
            assert_eq!(cut(whole), whole);
        }
    }

    #[test]
    fn a_torn_line_goes() {
        assert_eq!(cut(b"{}"), b"");
        assert_eq!(cut(b"{}\n{\"a"), b"{}\n");
    }

    #[test]
    fn a_torn_line_longer_than_a_block_goes() {
        for torn in [BLOCK - 4, BLOCK - 3, BLOCK - 2, BLOCK, 3 * BLOCK + 17] {
            let mut content = b"{}\n".to_vec();
            content.resize(3 + usize::try_from(torn).unwrap(), b'x');
            assert_eq!(cut(&content), b"{}\n", "{torn}");
        }
    }
}
