//! What spreadsheets do to ids.

/// What is wrong with a text that should be an id; `None` when nothing is.
pub(crate) fn of_id(text: &str) -> Option<&'static str> {
    let mut suspicious = false;
    for byte in text.bytes() {
        if byte < b' ' && !byte.is_ascii_whitespace() {
            return Some("holds a control character");
        }
        suspicious |= byte == b'+' || byte == 0xEF;
    }
    if !suspicious {
        return None;
    }
    if text.contains('\u{fffd}') {
        return Some("holds a character that was lost when the file was written or read");
    }
    is_scientific(text)
        .then_some("was turned into a number like 4.01E+18 by a spreadsheet, its digits are lost")
}

/// `4.01235E+18`: what a spreadsheet makes of a long number.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once("E+").or_else(|| text.split_once("e+")) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let whole = match mantissa.split_once(['.', ',']) {
        Some((whole, fraction)) => digits(fraction) && digits(whole),
        None => digits(mantissa),
    };
    whole && digits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids() {
        for good in ["536365", "C536379", "A-1+2", "红-1", "2E+", "E+18", "4.0.1E+18"] {
            assert_eq!(of_id(good), None, "{good}");
        }
        for bad in ["4.01235E+18", "4E+18", "4,01e+18", "a\0b", "\u{fffd}1"] {
            assert!(of_id(bad).is_some(), "{bad}");
        }
    }
}
