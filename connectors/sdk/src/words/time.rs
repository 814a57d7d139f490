//! Times as people read them: the clock of the place where it happened, and which clock that is.

use crossdock_schemas::{AtQuality, Ts};

use super::Language;

/// `2026-11-21 19:05 (UTC+8)`.
pub(super) fn time(at: Ts, quality: AtQuality, language: Language) -> String {
    let local = at.offset.to_datetime(at.at);
    let day = format!("{:04}-{:02}-{:02}", local.year(), local.month(), local.day());
    if quality == AtQuality::DateOnly {
        return day;
    }
    let clock = format!("{day} {:02}:{:02}", local.hour(), local.minute());
    let zone = zone(at);
    let aside = match quality {
        AtQuality::NoZone => language.say("时区未注明", "time zone not stated").to_owned(),
        // Nobody reported it: a later scan proves that it had happened by then.
        AtQuality::Inferred => {
            format!("{zone}{}", language.say("，推断，不晚于此时", ", inferred: no later than this"))
        }
        AtQuality::Exact | AtQuality::DateOnly | AtQuality::Unknown => zone,
    };
    clock + &language.aside(&aside)
}

/// `UTC+8`, `UTC-3:30`, `UTC`.
fn zone(at: Ts) -> String {
    let minutes = at.offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    match (minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_says_which_clock() {
        let at = |text: &str| text.parse::<Ts>().unwrap();
        let exact = |text: &str| time(at(text), AtQuality::Exact, Language::En);
        assert_eq!(exact("2026-11-21T19:05:40+08:00"), "2026-11-21 19:05 (UTC+8)");
        assert_eq!(exact("2026-11-21T19:05:40Z"), "2026-11-21 19:05 (UTC)");
        assert_eq!(exact("2026-11-21T09:05:40-03:30"), "2026-11-21 09:05 (UTC-3:30)");
        assert_eq!(exact("2026-11-21T09:05:40+05:45"), "2026-11-21 09:05 (UTC+5:45)");
        let chinese = |quality| time(at("2026-11-21T19:05:40+08:00"), quality, Language::Zh);
        assert_eq!(chinese(AtQuality::Exact), "2026-11-21 19:05（UTC+8）");
        assert_eq!(chinese(AtQuality::DateOnly), "2026-11-21");
        assert_eq!(chinese(AtQuality::NoZone), "2026-11-21 19:05（时区未注明）");
        assert_eq!(chinese(AtQuality::Inferred), "2026-11-21 19:05（UTC+8，推断，不晚于此时）");
    }
}
