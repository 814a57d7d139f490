//! The only place that looks at the clock. Everything else takes time as an input.

use jiff::Timestamp;

use crate::backbone::Micros;

/// Now.
#[allow(clippy::disallowed_methods, reason = "this is the clock the rule points to")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Now, in microseconds since 1970.
pub fn now_micros() -> Micros {
    now().as_microsecond()
}

/// A time from microseconds since 1970; times outside the calendar become its end.
pub fn timestamp(micros: Micros) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
}
