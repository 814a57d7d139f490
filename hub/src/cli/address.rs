//! `address`: one raw address a line in, one standardized address as JSON a line out.

use std::io::BufRead;

use crossdock_address::{Raw, Tables, standardize};
use serde_json::json;

use super::out::say;
use super::{Exit, Failure, Global, Out, Outcome};
use crate::enrich;

/// Arguments of `address`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A line is the text of an address, or JSON with `raw` and `hints`: country, province, city, district, town,
postal_code. What is not understood is null and lowers the grade: A as written, B completed, C a level is missing,
D ambiguous or contradictory, M masked, E nothing usable. Exit code 3 when a line of JSON could not be read.

EXAMPLES
  crossdock address '张三 18400001234-5678 广东深圳南山科技园科苑路15号'
  crossdock address < addresses.txt > standardized.ndjson
  echo '{\"raw\": \"科苑路15号\", \"hints\": {\"city\": \"深圳市\", \"district\": \"南山区\"}}' | crossdock address
  crossdock address --info")]
pub(super) struct Args {
    /// The address; - or nothing reads stdin
    #[arg(value_name = "TEXT", default_value = "-")]
    address: String,
    /// Date, version and counts of the divisions it is held against
    #[arg(long, conflicts_with = "address")]
    info: bool,
}

pub(super) fn run(args: &Args, global: &Global, out: &mut Out) -> Outcome {
    let file = global.read()?.enrich.address.divisions;
    let given = match file.as_os_str().is_empty() {
        true => None,
        false => {
            let bytes = std::fs::read(&file).map_err(|error| error.to_string());
            let tables = bytes.and_then(|bytes| Tables::read(&bytes).map_err(|error| error.to_string()));
            Some(tables.map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?)
        }
    };
    let tables = match &given {
        Some(tables) => tables,
        None => enrich::embedded().map_err(|error| Failure::failed(error.to_string()))?,
    };
    if args.info {
        out.json(tables.info())?;
        return Ok(Exit::Done);
    }
    if args.address != "-" {
        out.json(&standardize(tables, &raw(&args.address)?))?;
        return Ok(Exit::Done);
    }
    let mut exit = Exit::Done;
    for (at, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line.map_err(|error| Failure::failed(format!("line {}: {error}", at + 1)))?;
        if line.trim().is_empty() {
            continue;
        }
        match raw(&line) {
            Ok(raw) => out.json(&standardize(tables, &raw))?,
            Err(failure) => {
                say(json!({"error": {"line": at + 1, "message": failure.message}}));
                exit = Exit::Malformed;
            }
        }
    }
    Ok(exit)
}

fn raw(line: &str) -> Outcome<Raw> {
    if !line.trim_start().starts_with('{') {
        return Ok(Raw::text(line));
    }
    // What serde says would repeat the line: only where it stopped is told.
    serde_json::from_str(line).map_err(|error| {
        Failure::usage(format!("not JSON with `raw` and `hints`, column {}", error.column()))
    })
}
