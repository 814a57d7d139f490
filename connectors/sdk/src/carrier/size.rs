//! How long an edge is, in the units that carriers use.

use crossdock_schemas::Dec;

/// An edge in exact millimetres; `None` where the unit is not one of millimetre, centimetre, metre or inch, or nothing was
/// measured.
pub fn millimetres(value: &str, unit: &str) -> Option<Dec> {
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "mm" => "1",
        "cm" => "10",
        "m" => "1000",
        "in" | "inch" | "inches" => "25.4",
        _ => return None,
    };
    let edge = Dec::parse(value.trim()).ok()?.checked_mul(Dec::parse(factor).ok()?)?;
    (edge > Dec::ZERO).then_some(edge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_exact() {
        let told = |value, unit| millimetres(value, unit).map(|edge| edge.canonical());
        assert_eq!(told("51.00", "CM").as_deref(), Some("510"));
        assert_eq!(told("1.2", "m").as_deref(), Some("1200"));
        assert_eq!(told(" 10 ", "IN").as_deref(), Some("254"));
        assert_eq!((told("0", "CM"), told("1", "ft"), told("long", "m")), (None, None, None));
    }
}
