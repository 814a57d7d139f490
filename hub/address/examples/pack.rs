//! Makes the file of divisions from the four tables it is derived from:
//! `cargo run -p crossdock-address --example pack -- FOLDER VERSION DATE STREETS_DATE`.
//!
//! FOLDER holds `divisions.csv`, `streets.csv.gz`, `former-names.csv` and `aliases.csv`, as `config/cn-divisions` does;
//! the result, `cn-divisions.gz`, is written beside them.

use std::error::Error;
use std::fs;
use std::io::Read;
use std::path::Path;

use crossdock_address::{Sources, Tables, pack};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |what: &str| arguments.next().ok_or_else(|| format!("{what} is missing"));
    let (folder, version, date, streets_date) =
        (next("FOLDER")?, next("VERSION")?, next("DATE")?, next("STREETS_DATE")?);
    let folder = Path::new(&folder);
    let mut streets = String::new();
    flate2::read::GzDecoder::new(fs::File::open(folder.join("streets.csv.gz"))?)
        .read_to_string(&mut streets)?;
    let packed = pack(&Sources {
        version: &version,
        date: &date,
        streets_date: &streets_date,
        divisions: &fs::read_to_string(folder.join("divisions.csv"))?,
        streets: &streets,
        former_names: &fs::read_to_string(folder.join("former-names.csv"))?,
        aliases: &fs::read_to_string(folder.join("aliases.csv"))?,
    })?;
    // What cannot be read is not written.
    Tables::read(&packed)?;
    fs::write(folder.join("cn-divisions.gz"), packed)?;
    Ok(())
}
