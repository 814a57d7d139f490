//! Times and amounts as the protocol writes them.

use crossdock_connector::time::CHINA;
use crossdock_schemas::Dec;
use jiff::Timestamp;

/// A time in China without its zone: `2026-11-21 20:00:00`.
pub(crate) fn china(at: Timestamp) -> String {
    let local = CHINA.to_datetime(at);
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second()
    )
}

/// An amount in yuan with two digits after the point.
pub(crate) fn yuan(amount: Dec) -> String {
    format!("{:.2}", amount.round(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_samples_write_them() {
        assert_eq!(china("2026-01-05T01:05:01.900Z".parse().unwrap()), "2026-01-05 09:05:01");
        assert_eq!(
            ["64", "2.005", "0"].map(|text| yuan(Dec::parse(text).unwrap())),
            ["64.00", "2.01", "0.00"]
        );
    }
}
