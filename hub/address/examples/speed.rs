//! How many addresses a second one core standardizes, and what the tables take:
//! `cargo run --release -p crossdock-address --example speed`.
//!
//! The addresses are the labelled ones of the tests and one for every district, in turns, so that no branch is
//! learned by heart.

use std::error::Error;
use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

use crossdock_address::{Raw, Tables, standardize};

fn main() -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let tables = Tables::embedded()?;
    let loading = start.elapsed();
    let mut raws: Vec<Raw> = Vec::new();
    for line in include_str!("../tests/cases.jsonl").lines() {
        let case: serde_json::Value = serde_json::from_str(line)?;
        raws.push(serde_json::from_value(case)?);
    }
    for unit in tables.divisions().filter(|unit| !unit.placeholder && unit.code % 100 != 0) {
        let above = unit.parent.and_then(|code| tables.name_of(code)).unwrap_or_default();
        let name = unit.name;
        raws.push(Raw::text(format!("{above}{name}人民路12号阳光花园3栋2单元501室 张三 13812345678")));
    }
    let (start, mut count) = (Instant::now(), 0_u128);
    while start.elapsed() < Duration::from_secs(3) {
        for raw in &raws {
            black_box(standardize(&tables, black_box(raw)));
            count += 1;
        }
    }
    let rate = count * 1000 / start.elapsed().as_millis().max(1);
    let info = serde_json::to_string(tables.info())?;
    writeln!(std::io::stdout(), "{rate} addresses/s, loaded in {} ms, {info}", loading.as_millis())?;
    Ok(())
}
