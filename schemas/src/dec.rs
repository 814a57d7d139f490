//! `Dec`: an exact decimal, the only number money and quantities are made of.
//!
//! It is read from text and never passes through a binary float. In JSON it is written as a string that
//! keeps its scale (`"99.90"`); JSON numbers are read from their source text. At most 28 significant
//! digits and 10 fraction digits.

mod json;

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Mul, Neg, Sub};
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};

/// Most significant digits a value may have.
const MAX_DIGITS: u32 = 28;
/// Most fraction digits a value may have.
const MAX_FRACTION: u32 = 10;

/// An exact decimal number.
///
/// The operators never panic: outside the range of 28 digits they stop at the largest value, which
/// validation then refuses. Use the `checked_` methods where that matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Dec(Decimal);

/// Why a text is not a decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecError {
    /// Nothing there.
    #[error("empty text is not a decimal")]
    Empty,
    /// A character that does not belong into a decimal.
    #[error("not a decimal: only ASCII digits, one sign, one point and an exponent are allowed")]
    Syntax,
    /// More than 28 significant digits.
    #[error("more than 28 significant digits")]
    TooManyDigits,
    /// More than 10 digits after the point.
    #[error("more than 10 fraction digits")]
    TooManyFractionDigits,
}

impl Dec {
    /// Zero.
    pub const ZERO: Dec = Dec(Decimal::ZERO);
    /// One.
    pub const ONE: Dec = Dec(Decimal::ONE);

    /// Reads a decimal exactly: optional sign, digits, optional fraction, optional exponent.
    ///
    /// # Errors
    /// When the text is not a decimal or needs more digits than the model carries.
    pub fn parse(text: &str) -> Result<Dec, DecError> {
        let (negative, rest) = match text.as_bytes() {
            [] => return Err(DecError::Empty),
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let (mut mantissa, mut digits, mut scale) = (0_u128, 0_u32, 0_i32);
        let (mut seen_point, mut before_point, mut after_point) = (false, false, false);
        let mut bytes = rest.iter();
        let mut exponent = None;
        for byte in bytes.by_ref() {
            match byte {
                b'0'..=b'9' => {
                    if seen_point {
                        after_point = true;
                        scale = scale.saturating_add(1);
                    } else {
                        before_point = true;
                    }
                    if digits > 0 || *byte != b'0' {
                        digits = digits.saturating_add(1);
                    }
                    // 38 digits fit; the value may still shrink by trailing zeros of the fraction.
                    mantissa = mantissa
                        .checked_mul(10)
                        .and_then(|m| m.checked_add(u128::from(byte - b'0')))
                        .ok_or(DecError::TooManyDigits)?;
                }
                b'.' if !seen_point && before_point => seen_point = true,
                b'e' | b'E' if before_point && seen_point == after_point => {
                    exponent = Some(());
                    break;
                }
                _ => return Err(DecError::Syntax),
            }
        }
        if !before_point || seen_point != after_point {
            return Err(DecError::Syntax);
        }
        if exponent.is_some() {
            scale = scale.saturating_sub(read_exponent(bytes.as_slice())?);
        }
        if scale == 0 && digits <= MAX_DIGITS {
            return finish(negative, mantissa, 0);
        }
        if mantissa == 0 {
            return finish(negative, 0, u32::try_from(scale).unwrap_or(0).min(MAX_FRACTION));
        }
        while scale < 0 {
            mantissa = mantissa.checked_mul(10).ok_or(DecError::TooManyDigits)?;
            scale = scale.saturating_add(1);
        }
        let mut scale = u32::try_from(scale).unwrap_or(0);
        while (scale > MAX_FRACTION || (scale > 0 && mantissa >= 10_u128.pow(MAX_DIGITS)))
            && mantissa % 10 == 0
        {
            mantissa /= 10;
            scale -= 1;
        }
        if scale > MAX_FRACTION {
            return Err(DecError::TooManyFractionDigits);
        }
        finish(negative, mantissa, scale)
    }

    /// Takes over a decimal as it is; validation refuses what the wire cannot carry.
    #[must_use]
    pub const fn from_decimal(value: Decimal) -> Dec {
        Dec(value)
    }

    /// The number itself.
    #[must_use]
    pub const fn value(self) -> Decimal {
        self.0
    }

    /// The one text of this value: no exponent, no plus, no needless zeros, no negative zero.
    #[must_use]
    pub fn canonical(self) -> String {
        self.with_canonical(|digits| digits.iter().copied().map(char::from).collect())
    }

    /// Hands out the bytes of [`canonical`](Dec::canonical) without allocating.
    pub(crate) fn with_canonical<R>(self, take: impl FnOnce(&[u8]) -> R) -> R {
        let (mut mantissa, mut scale) = (self.0.mantissa().unsigned_abs(), self.0.scale());
        if let Ok(mut small) = u64::try_from(mantissa) {
            // Nearly always: 64-bit division is many times faster than 128-bit.
            while scale > 0 && small % 10 == 0 {
                small /= 10;
                scale -= 1;
            }
            mantissa = u128::from(small);
        }
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        with_digits(self.0.is_sign_negative(), mantissa, scale, take)
    }

    /// Whether the value has at most 28 significant and 10 fraction digits, so that it can be hashed.
    #[must_use]
    pub fn fits_hash(self) -> bool {
        if self.0.scale() <= MAX_FRACTION && self.0.mantissa().unsigned_abs() < 10_u128.pow(MAX_DIGITS) {
            return true;
        }
        // Trailing zeros of the fraction do not count.
        let value = self.0.normalize();
        value.scale() <= MAX_FRACTION && value.mantissa().unsigned_abs() < 10_u128.pow(MAX_DIGITS)
    }

    /// Whether the value may travel: at most 19 digits before and 10 after the point.
    #[must_use]
    pub fn fits_wire(self) -> bool {
        self.0.scale() <= MAX_FRACTION && self.0.trunc().mantissa().unsigned_abs() < 10_u128.pow(19)
    }

    /// Whether the value is zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Whether the value is below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0.is_sign_negative() && !self.0.is_zero()
    }

    /// Rounds half up (away from zero), as settled money is rounded.
    #[must_use]
    pub fn round(self, fraction_digits: u32) -> Dec {
        Dec(self.0.round_dp_with_strategy(fraction_digits, RoundingStrategy::MidpointAwayFromZero))
    }

    /// The value without its sign.
    #[must_use]
    pub fn abs(self) -> Dec {
        Dec(self.0.abs())
    }

    /// Sum, if it can be represented.
    #[must_use]
    pub fn checked_add(self, other: Dec) -> Option<Dec> {
        self.0.checked_add(other.0).map(Dec)
    }

    /// Difference, if it can be represented.
    #[must_use]
    pub fn checked_sub(self, other: Dec) -> Option<Dec> {
        self.0.checked_sub(other.0).map(Dec)
    }

    /// Product, if it can be represented.
    #[must_use]
    pub fn checked_mul(self, other: Dec) -> Option<Dec> {
        self.0.checked_mul(other.0).map(Dec)
    }

    /// Quotient, if it can be represented; nothing when dividing by zero.
    #[must_use]
    pub fn checked_div(self, other: Dec) -> Option<Dec> {
        self.0.checked_div(other.0).map(Dec)
    }
}

/// Writes a number from its last digit backwards and hands out the bytes.
fn with_digits<R>(negative: bool, mantissa: u128, scale: u32, take: impl FnOnce(&[u8]) -> R) -> R {
    // 29 digits, point, sign and a leading zero fit.
    let mut buffer = [0_u8; 40];
    let (mut rest, mut place, mut used) = (mantissa, 0_u32, 0_usize);
    let (mut point_due, mut sign_due) = (scale > 0, negative && mantissa != 0);
    for slot in buffer.iter_mut().rev() {
        if point_due && place == scale {
            *slot = b'.';
            point_due = false;
        } else if rest > 0 || place <= scale {
            let digit = match u64::try_from(rest) {
                Ok(small) => {
                    rest = u128::from(small / 10);
                    small % 10
                }
                Err(_) => {
                    let digit = rest % 10;
                    rest /= 10;
                    u64::try_from(digit).unwrap_or(0)
                }
            };
            *slot = b'0' + u8::try_from(digit).unwrap_or(0);
            place += 1;
        } else if sign_due {
            *slot = b'-';
            sign_due = false;
        } else {
            break;
        }
        used += 1;
    }
    take(buffer.get(buffer.len() - used..).unwrap_or_default())
}

fn read_exponent(bytes: &[u8]) -> Result<i32, DecError> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(DecError::Syntax);
    }
    let size = digits.iter().fold(0_i32, |n, d| n.saturating_mul(10).saturating_add(i32::from(d - b'0')));
    Ok(if negative { -size.min(10_000) } else { size.min(10_000) })
}

fn finish(negative: bool, mantissa: u128, scale: u32) -> Result<Dec, DecError> {
    if mantissa >= 10_u128.pow(MAX_DIGITS) {
        return Err(DecError::TooManyDigits);
    }
    let signed = i128::try_from(mantissa).map_err(|_| DecError::TooManyDigits)?;
    Decimal::try_from_i128_with_scale(if negative { -signed } else { signed }, scale)
        .map(Dec)
        .map_err(|_| DecError::TooManyDigits)
}

impl FromStr for Dec {
    type Err = DecError;

    fn from_str(text: &str) -> Result<Self, DecError> {
        Dec::parse(text)
    }
}

impl fmt::Display for Dec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Dec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

macro_rules! from_integer {
    ($($integer:ty)*) => { $(
        impl From<$integer> for Dec {
            fn from(value: $integer) -> Self {
                Dec(Decimal::from(value))
            }
        }
    )* };
}
from_integer!(i32 i64 u32 u64);

impl From<Decimal> for Dec {
    fn from(value: Decimal) -> Self {
        Dec(value)
    }
}

impl Add for Dec {
    type Output = Dec;
    fn add(self, other: Dec) -> Dec {
        Dec(self.0.saturating_add(other.0))
    }
}

impl Sub for Dec {
    type Output = Dec;
    fn sub(self, other: Dec) -> Dec {
        Dec(self.0.saturating_sub(other.0))
    }
}

impl Mul for Dec {
    type Output = Dec;
    fn mul(self, other: Dec) -> Dec {
        Dec(self.0.saturating_mul(other.0))
    }
}

impl Neg for Dec {
    type Output = Dec;
    fn neg(self) -> Dec {
        // The library keeps a negative zero; the model has none.
        if self.is_zero() { self } else { Dec(-self.0) }
    }
}

impl Sum for Dec {
    fn sum<I: Iterator<Item = Dec>>(values: I) -> Dec {
        values.fold(Dec::ZERO, Add::add)
    }
}

impl<'a> Sum<&'a Dec> for Dec {
    fn sum<I: Iterator<Item = &'a Dec>>(values: I) -> Dec {
        values.copied().sum()
    }
}
