//! One raw address a line in, one standardized address as JSON a line out:
//! `cargo run -p crossdock-address --example lines < addresses.txt`.

use std::error::Error;
use std::io::{BufRead, Write};

use crossdock_address::{Raw, Tables, standardize};

fn main() -> Result<(), Box<dyn Error>> {
    let tables = Tables::embedded()?;
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        serde_json::to_writer(&mut out, &standardize(&tables, &Raw::text(line?)))?;
        writeln!(out)?;
    }
    Ok(())
}
