//! Normalizes stored tracking replies again and again on one core: `crossdock-beside-karrio <folder> [seconds]`.
//!
//! The folder holds `<vendor>/<name>.json`. For each a line `<vendor>/<name> <nanoseconds> <parcels> <scans>` is printed; the time
//! is processor time of normalizing, sealing (keys and hashes) and validating, which is all that the hub does before it folds.

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use crossdock_connector::settings::{self, SecretRef};
use crossdock_connector::{Capture, Connector, ConnectorConfig, Headers, Normalize, Parts};
use crossdock_schemas::{Channel, Entity};

/// The allocator that ships.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// karrio's name of the vendor, and the topic of the same reply here.
const VENDORS: [(&str, &str); 5] = [
    ("fedex", "track/v1/trackingnumbers"),
    ("ups", "track/v1/details"),
    ("usps", "tracking/v3"),
    ("dhl_universal", "track/shipments"),
    ("mydhl", "mydhlapi/tracking"),
];

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let folder = words.first().ok_or("give the folder of payloads")?;
    let seconds: u64 = words.get(1).map_or(Ok(3), |word| word.parse())?;
    for (vendor, topic) in VENDORS {
        let parts = match vendor {
            "fedex" => built::<crossdock_fedex::Fedex>()?,
            "ups" => built::<crossdock_ups::Ups>()?,
            "usps" => built::<crossdock_usps::Usps>()?,
            _ => built::<crossdock_dhl::Dhl>()?,
        };
        let normalize = parts.normalize.ok_or("no parser")?;
        let mut files: Vec<_> = fs::read_dir(Path::new(folder).join(vendor))?.flatten().collect();
        files.sort_by_key(fs::DirEntry::file_name);
        for file in files {
            let capture = capture(topic, fs::read(file.path())?);
            let (nanoseconds, parcels, scans) = measure(normalize.as_ref(), &capture, seconds);
            let name = file.file_name().to_string_lossy().replace(".json", "");
            println!("{vendor}/{name} {nanoseconds} {parcels} {scans}");
        }
    }
    Ok(())
}

/// A connector with its example settings.
fn built<C: Connector>() -> Outcome<Parts> {
    let mut table: toml::Table = C::Config::example().parse()?;
    settings::resolve(&mut table, &|_: SecretRef<'_>| Ok("an-example-secret".to_owned()))?;
    Ok(C::build(settings::read(table)?)?)
}

fn capture(topic: &str, body: Vec<u8>) -> Capture {
    Capture {
        topic: topic.to_owned(),
        headers: Headers::default(),
        body: Bytes::from(body),
        origin: None,
        received_at: jiff::Timestamp::UNIX_EPOCH,
        channel: Channel::Poll,
    }
}

/// Nanoseconds of one reply, and what is in it.
fn measure(part: &dyn Normalize, capture: &Capture, seconds: u64) -> (u64, usize, usize) {
    let (mut parcels, mut scans) = (0, 0);
    let mut once = || -> usize {
        let Ok(mut normalized) = part.normalize(black_box(capture)) else { return 0 };
        (parcels, scans) = (normalized.observations.len(), 0);
        for observation in &mut normalized.observations {
            let sound = observation.seal().is_ok() && observation.validate().is_empty();
            assert!(sound, "an observation that the hub would not take");
            if let Entity::Parcel(parcel) = &observation.entity {
                scans += parcel.events.len();
            }
        }
        black_box(normalized).observations.len()
    };
    for _ in 0..200 {
        once();
    }
    let (start, used, mut rounds) = (Instant::now(), on_cpu(), 0);
    while start.elapsed() < Duration::from_secs(seconds) {
        for _ in 0..100 {
            once();
        }
        rounds += 100;
    }
    let each = on_cpu().saturating_sub(used).checked_div(rounds).unwrap_or_default();
    (each, parcels, scans)
}

/// Nanoseconds that this thread was on a processor, so that other work on the machine is not measured (Linux only).
fn on_cpu() -> u64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or_default()
}
