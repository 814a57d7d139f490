//! Addresses standardized on one core.
//!
//! One for every district, as a shop writes it and as a person does in one line, in turns, so that no branch is learned
//! by heart.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crossdock_address::{Hints, Raw, Tables, standardize};

use super::{Figure, per_second, timed};

/// The least there must be a second.
const LEAST: f64 = 100_000.0;
/// The most the tables may take.
const MEMORY: usize = 16 << 20;

pub(super) fn measure(seconds: u64) -> Result<Vec<Figure>, String> {
    let (tables, loading) = timed(Tables::embedded);
    let tables = tables.map_err(|error| error.to_string())?;
    let raws = addresses(&tables);
    let (began, mut count, mut took) = (Instant::now(), 0, Duration::ZERO);
    while took < Duration::from_secs(seconds) {
        for raw in &raws {
            black_box(standardize(&tables, black_box(raw)));
        }
        count += raws.len();
        took = began.elapsed();
    }
    let rate = per_second(count, took);
    let memory = tables.memory_bytes();
    Ok(vec![
        Figure {
            what: format!("{} addresses in turns, one core", raws.len()),
            seen: format!("{rate:.0} addresses/s"),
            limit: "at least 100 000/s".into(),
            holds: Some(rate >= LEAST),
        },
        Figure {
            what: format!("divisions of {}, read in {} ms", tables.info().date, loading.as_millis()),
            seen: format!("{} KiB", memory / 1024),
            limit: "under 16 MiB".into(),
            holds: Some(memory < MEMORY),
        },
    ])
}

fn addresses(tables: &Tables) -> Vec<Raw> {
    let mut raws = Vec::new();
    for unit in tables.divisions().filter(|unit| !unit.placeholder && unit.code % 100 != 0) {
        let above = unit.parent.and_then(|code| tables.name_of(code)).unwrap_or_default();
        let name = unit.name;
        raws.push(Raw::text(format!("{above}{name}人民路12号阳光花园3栋2单元501室 张三 13812345678")));
        let hints = Hints { city: above.to_owned(), district: name.to_owned(), ..Hints::default() };
        raws.push(Raw { raw: "人民路12号阳光花园3栋2单元501室".to_owned(), hints: Some(hints) });
    }
    raws
}
