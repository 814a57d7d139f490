//! What it costs to complete the addresses of orders, kind by kind, each address another one:
//! `cargo run --release -p crossdock-address --example fill [KIND] [COUNT]`. Under `valgrind --tool=callgrind` it gives
//! counts of instructions, which a busy machine does not disturb.

use std::error::Error;
use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use crossdock_address::{Tables, canonical};
use crossdock_schemas::{Address, Phone, Protected};

/// A kind of address: what it is called, and the address of order `n` in a district with the names above it.
type Kind = (&'static str, fn(usize, [&str; 3]) -> Address);

const KINDS: &[Kind] = &[("shop", shop), ("line", line), ("masked", masked), ("us", us), ("ie", ie)];

fn some(text: impl Into<String>) -> Option<String> {
    Some(text.into())
}

fn phone(n: usize) -> Vec<Phone> {
    vec![Phone { national: some(format!("139{:08}", n % 100_000_000)), ..Phone::default() }]
}

fn shop(n: usize, [province, city, district]: [&str; 3]) -> Address {
    Address {
        name: Some(Protected::plain("张三")),
        phones: phone(n),
        country: some("CN"),
        province: some(province),
        city: some(city),
        district: some(district),
        line1: some(format!("人民路{n}号阳光花园3栋2单元{}室", n % 900)),
        ..Address::default()
    }
}

fn line(n: usize, [province, city, district]: [&str; 3]) -> Address {
    Address {
        line1: some(format!(
            "{province}{city}{district}人民路{n}号阳光花园3栋 李四 139{:08}",
            n % 100_000_000
        )),
        ..Address::default()
    }
}

fn masked(_: usize, [province, city, district]: [&str; 3]) -> Address {
    Address {
        name: Some(Protected::masked("张**")),
        phones: vec![Phone { protected: Some(Protected::masked("*******0000")), ..Phone::default() }],
        country: some("CN"),
        province: some(province),
        city: some(city),
        district: some(district),
        protected: Some(Protected::masked("测**")),
        ..Address::default()
    }
}

fn us(n: usize, _: [&str; 3]) -> Address {
    Address {
        phones: vec![Phone { national: some(format!("650253{:04}", n % 10_000)), ..Phone::default() }],
        country: some("US"),
        province: some("California"),
        city: some("Anytown"),
        line1: some(format!("{n} Fictional Street")),
        postal_code: some(format!("{:05}", n % 100_000)),
        ..Address::default()
    }
}

fn ie(n: usize, _: [&str; 3]) -> Address {
    Address {
        country: some("IE"),
        city: some("Anytown"),
        line1: some(format!("{n} Fictional Row")),
        postal_code: some("00000"),
        ..Address::default()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let tables = Tables::embedded()?;
    let mut args = std::env::args().skip(1);
    let only = args.next();
    let count: usize = args.next().map_or(Ok(100_000), |count| count.parse())?;
    let mut places: Vec<[&str; 3]> = Vec::new();
    for unit in tables.divisions().filter(|unit| !unit.placeholder && !unit.zone && unit.code % 100 != 0) {
        let above = unit.code / 10_000 * 10_000;
        let province = tables.name_of(above).unwrap_or_default();
        let city = unit.parent.filter(|code| *code != above).and_then(|code| tables.name_of(code));
        let city = city.filter(|name| name.ends_with(['市', '州', '盟', '区']) && *name != "市辖区");
        places.push([province, city.unwrap_or(province), unit.name]);
    }
    for (name, make) in KINDS.iter().filter(|kind| only.as_deref().is_none_or(|only| only == kind.0)) {
        let place = |n: usize| places.get(n * 7 % places.len()).copied().unwrap_or_default();
        let mut addresses: Vec<Address> = (0..count).map(|n| make(n, place(n))).collect();
        let start = Instant::now();
        for address in &mut addresses {
            match *name {
                "masked" => canonical::fill_hidden(&tables, black_box(address)),
                _ => drop(canonical::fill(&tables, black_box(address))),
            }
        }
        let took = start.elapsed().as_nanos() / u128::try_from(count.max(1))?;
        let last = addresses.last().and_then(|address| address.grade);
        writeln!(std::io::stdout(), "{name}: {took} ns each, the last of grade {last:?}")?;
    }
    Ok(())
}
