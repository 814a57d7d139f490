//! `schema`: the published schemas, written from the types.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::out::{count, say};
use super::{Exit, Failure, Out, Outcome};

/// Arguments of `schema`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
JSON Schemas of entities, observations and events, the AsyncAPI document, and an example of each event.

EXAMPLES
  crossdock schema                                   what there is
  crossdock schema --out schemas                     write it")]
pub(super) struct Args {
    /// Write the documents below this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args, out: &mut Out) -> Outcome {
    let documents = crossdock_schemas::publish::documents();
    if let Some(dir) = &args.out {
        for (name, text) in &documents {
            write(&dir.join(name), text)?;
        }
        let number = u64::try_from(documents.len()).unwrap_or(u64::MAX);
        say(format_args!("{} written below {}", count(number, "document"), dir.display()));
        return Ok(Exit::Done);
    }
    for (name, text) in &documents {
        if out.for_people() {
            out.line(name)?;
        } else {
            out.json(&json!({"document": name, "bytes": text.len()}))?;
        }
    }
    Ok(Exit::Done)
}

fn write(path: &Path, text: &str) -> Outcome<()> {
    let failed = |error: std::io::Error| Failure::failed(format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, text).map_err(failed)
}
