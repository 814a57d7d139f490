//! `connectors`: what is compiled in.

use crossdock_connector::{Capabilities, Role};
use serde_json::{Value, json};

use super::{Exit, Out, Outcome, table};
use crate::{registry, registry_table};

/// Arguments of `connectors`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
With --json each connector comes with its topics, limits, an example of its settings and their JSON Schema.

EXAMPLES
  crossdock connectors
  crossdock connectors --json | jq -r 'select(.id == \"shopify\") | .example'")]
pub(super) struct Args {
    /// The table of README.md
    #[arg(long)]
    markdown: bool,
}

pub(super) fn run(args: &Args, out: &mut Out) -> Outcome {
    if args.markdown {
        out.line(registry_table::markdown().trim_end())?;
        return Ok(Exit::Done);
    }
    if !out.for_people() {
        for entry in registry::all() {
            let mut value = json!(entry.descriptor);
            if let Value::Object(object) = &mut value {
                object.insert("example".into(), (entry.example)().into());
                object.insert("settings".into(), json!((entry.schema)()));
            }
            out.json(&value)?;
        }
        return Ok(Exit::Done);
    }
    let mut rows = table(&["connector", "role", "for", "proven by", "can", "gives"]);
    for entry in registry::all() {
        let descriptor = entry.descriptor;
        let word = |value: Value| value.as_str().unwrap_or_default().replace('_', " ");
        rows.add_row(vec![
            descriptor.id.to_owned(),
            word(json!(descriptor.role)),
            format!("{} ({})", descriptor.title, descriptor.vendor_api),
            word(json!(descriptor.maturity)),
            abilities(&descriptor.capabilities, descriptor.role),
            descriptor.capabilities.entities.join(", "),
        ]);
    }
    out.table(&rows)?;
    Ok(Exit::Done)
}

fn abilities(can: &Capabilities, role: Role) -> String {
    let all = [
        (can.push, "push"),
        (can.fetch, "fetch"),
        (can.poll, "poll"),
        (can.track, "track"),
        (can.files, "files"),
        (can.deliver || role == Role::Sink, "deliver"),
    ];
    all.iter().filter(|(can, _)| *can).map(|(_, word)| *word).collect::<Vec<_>>().join(", ")
}
