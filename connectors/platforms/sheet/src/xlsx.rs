//! Workbooks: one sheet as rows of text.
//!
//! A workbook cannot be read row by row without its table of texts, so a sheet is held in memory, as text, up
//! to a limit. Excel keeps numbers as binary floats and promises fifteen digits; fifteen digits are what
//! is taken, so `2.55` is `2.55` again. Whole numbers beyond fifteen digits come out in the scientific form,
//! which no order number passes.

use std::io::{Read, Seek};

use calamine::{DataRef, Reader as _, Xlsx};

use crossdock_connector::{Error, Result};

use crate::frame::write_record;

/// Most bytes of text one sheet may have.
const MAX_TEXT: usize = 512 << 20;

/// A sheet as text, and the row each record stood in.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    pub(crate) text: Vec<u8>,
    pub(crate) rows: Vec<u32>,
}

/// Reads a sheet.
///
/// # Errors
/// `Malformed` when it is no workbook, when the sheet is not in it (with those that are) or too large.
pub(crate) fn read(input: impl Read + Seek, name: Option<&str>) -> Result<Sheet> {
    let broken = |error: calamine::XlsxError| Error::malformed("the workbook cannot be read").because(error);
    let mut book = Xlsx::new(input).map_err(broken)?;
    let names = book.sheet_names();
    let wanted = match name {
        Some(name) => names.iter().find(|known| *known == name),
        None => names.first(),
    };
    let Some(wanted) = wanted else {
        let what =
            format!("sheet `{}` is not in the workbook, which has {}", name.unwrap_or(""), names.join(", "));
        return Err(Error::malformed(what));
    };
    let mut cells = book.worksheet_cells_reader(wanted).map_err(broken)?;
    let mut sheet = Sheet::default();
    let mut row: Vec<Vec<u8>> = Vec::new();
    let mut width = 0_usize;
    let mut at = None;
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (number, column) = cell.get_position();
        if at != Some(number) {
            sheet.finish(at, &mut row, &mut width)?;
            at = Some(number);
        }
        // Columns are at most 16384 in the format; more is not a sheet.
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= 16_384 {
            return Err(Error::malformed("the sheet has more than 16384 columns"));
        }
        if row.len() <= column {
            row.resize(column.saturating_add(1), Vec::new());
        }
        if let Some(place) = row.get_mut(column) {
            *place = text(cell.get_value()).into_bytes();
        }
    }
    sheet.finish(at, &mut row, &mut width)?;
    Ok(sheet)
}

impl Sheet {
    fn finish(&mut self, at: Option<u32>, row: &mut Vec<Vec<u8>>, width: &mut usize) -> Result<()> {
        let Some(at) = at else { return Ok(()) };
        if row.iter().all(Vec::is_empty) {
            row.clear();
            return Ok(());
        }
        // Empty cells at the end of a row are not in the file.
        *width = row.len().max(*width);
        row.resize(*width, Vec::new());
        write_record(row.iter().map(Vec::as_slice), &mut self.text);
        self.text.push(b'\n');
        self.rows.push(at.saturating_add(1));
        row.clear();
        if self.text.len() > MAX_TEXT {
            return Err(Error::malformed("the sheet is too large to be read at once: save it as CSV"));
        }
        Ok(())
    }
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(time) => {
            let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
            let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{fraction}")
        }
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// Fifteen significant digits, without trailing zeros; the scientific form where digits are lost.
fn number_text(number: f64) -> String {
    let scientific = format!("{number:.14e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let Ok(exponent) = exponent.parse::<i32>() else { return scientific };
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return "0".to_owned();
    }
    if !(-10..15).contains(&exponent) {
        let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
        let point = if rest.is_empty() { "" } else { "." };
        return format!("{sign}{first}{point}{rest}E{exponent:+}");
    }
    let places = usize::try_from(exponent.unsigned_abs()).unwrap_or(0);
    if exponent < 0 {
        return format!("{sign}0.{}{digits}", "0".repeat(places.saturating_sub(1)));
    }
    let whole = places.saturating_add(1);
    match digits.split_at_checked(whole) {
        Some((whole, "")) => format!("{sign}{whole}"),
        Some((whole, fraction)) => format!("{sign}{whole}.{fraction}"),
        None => format!("{sign}{digits}{}", "0".repeat(whole.saturating_sub(digits.len()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_excel_shows_them() {
        for (number, expected) in [
            (0.0, "0"),
            (1.0, "1"),
            (-6.0, "-6"),
            (2.55, "2.55"),
            (2.550_000_000_000_000_3, "2.55"),
            (0.300_000_000_000_000_04, "0.3"),
            (536_365.0, "536365"),
            (0.001, "0.001"),
            (-0.05, "-0.05"),
            (1e14, "100000000000000"),
            (123_456_789_012_345.0, "123456789012345"),
            (4_012_345_678_901_234_567.0, "4.01234567890123E+18"),
            (1e-12, "1E-12"),
            (80_995.0, "80995"),
            (11_062.06, "11062.06"),
        ] {
            assert_eq!(number_text(number), expected);
        }
    }

    #[test]
    fn no_workbook_is_malformed() {
        let error = read(std::io::Cursor::new(b"PK\x03\x04 nothing".to_vec()), None).unwrap_err();
        assert_eq!(error.kind(), crossdock_connector::ErrorKind::Malformed);
    }
}
