//! Amounts in thousandths: the rows hold prices with three decimals.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};

/// An amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mills(i64);

impl Mills {
    /// Nothing.
    pub(crate) const ZERO: Self = Self(0);

    /// Reads `2.55`, `3` or `0.001`; `None` when it is not such a number.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        // More places are fine as long as they are zero.
        let fraction = fraction.trim_end_matches('0');
        if whole.is_empty() || fraction.len() > 3 || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let mills: i64 = format!("{fraction:0<3}").parse().ok()?;
        let whole: i64 = whole.parse().ok()?;
        Some(Self(sign * whole.checked_mul(1000)?.checked_add(mills)?))
    }

    /// So many of it.
    pub(crate) fn times(self, count: i64) -> Self {
        Self(self.0.saturating_mul(count))
    }

    /// A share of it, rounded to hundredths, half up.
    pub(crate) fn share(self, part: i64, of: i64) -> Self {
        let hundredths = (self.0.saturating_mul(part) + of * 5).div_euclid(of * 10);
        Self(hundredths * 10)
    }

    /// Rounded to hundredths, half up.
    pub(crate) fn rounded(self) -> Self {
        self.share(1, 1)
    }

    /// The smaller of two.
    pub(crate) fn at_most(self, other: Self) -> Self {
        self.min(other)
    }
}

impl Add for Mills {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Mills {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Mills {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::ZERO, Add::add)
    }
}

/// Two decimals, or three when the third is not zero.
impl fmt::Display for Mills {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (size / 1000, size % 1000);
        if rest % 10 == 0 {
            write!(f, "{sign}{whole}.{:02}", rest / 10)
        } else {
            write!(f, "{sign}{whole}.{rest:03}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mills(text: &str) -> Mills {
        Mills::parse(text).unwrap()
    }

    #[test]
    fn reads_and_writes() {
        for (text, shown) in [
            ("2.55", "2.55"),
            ("3", "3.00"),
            ("0.001", "0.001"),
            ("-11062.06", "-11062.06"),
            ("1.5000", "1.50"),
        ] {
            assert_eq!(mills(text).to_string(), shown);
        }
        for bad in ["", ".", ".5", "1.2345", "1e3", "１", "+1", "1,5", "--1"] {
            assert_eq!(Mills::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn shares_round_half_up() {
        assert_eq!(mills("0.05").share(1, 10).to_string(), "0.01");
        assert_eq!(mills("0.04").share(1, 10).to_string(), "0.00");
        assert_eq!(mills("1.20").share(20, 120).to_string(), "0.20");
        assert_eq!(mills("2.555").rounded().to_string(), "2.56");
        assert_eq!((mills("1.10") - mills("2").times(3)).to_string(), "-4.90");
    }
}
