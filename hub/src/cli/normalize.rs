//! `normalize`: what does a connector make of these bytes? Nothing is stored, no secret is needed.

use std::io::{IsTerminal, Read};
use std::path::PathBuf;

use crossdock_connector::{Capture, Headers, Normalize};
use crossdock_schemas::Channel;
use serde_json::json;
use toml::Table;

use super::out::say;
use super::{Exit, Failure, Out, Outcome, placeholder};
use crate::registry::{self, Entry};

/// Arguments of `normalize`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
One observation a line on stdout; a nudge is {\"fetch\":{\"kind\":..,\"id\":..}}. Issues, and why something was
ignored or could not be read, are NDJSON on stderr. Exit code 3 when it could not be read.

EXAMPLES
  crossdock normalize shopify --topic orders/create order.json
  crossdock normalize sf --topic RoutePushService < push.json
  crossdock normalize sheet --settings sheet.toml orders.csv")]
pub(super) struct Args {
    /// Id of the connector
    #[arg(value_name = "CONNECTOR")]
    connector: String,
    /// The vendor's topic; may be left out when the connector has only one
    #[arg(long)]
    topic: Option<String>,
    /// A header of the request, as often as needed
    #[arg(long = "header", value_name = "K: V")]
    headers: Vec<String>,
    /// Settings of the connector as TOML; secrets may stay references [default: its example]
    #[arg(long, value_name = "FILE.toml")]
    settings: Option<PathBuf>,
    /// The bytes; - is stdin
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
}

pub(super) fn run(args: &Args, out: &mut Out) -> Outcome {
    let entry = registry::find(&args.connector).map_err(|error| Failure::usage(error.message()))?;
    let normalize = part(&entry, args)?;
    let capture = Capture {
        topic: topic(&entry, args.topic.as_deref())?,
        headers: headers(&args.headers)?,
        body: body(args)?.into(),
        origin: (args.file.as_os_str() != "-").then(|| args.file.display().to_string()),
        received_at: crate::clock::now(),
        channel: Channel::Manual,
    };
    let mut malformed = false;
    let mut refused = |kind: &str, path: Option<&str>, message: String| {
        malformed = true;
        say(json!({"error": {"kind": kind, "path": path, "message": message}}));
    };
    match normalize.normalize(&capture) {
        Err(error) => refused(error.kind().as_str(), error.path.as_deref(), error.to_string()),
        Ok(normalized) => {
            for issue in &normalized.issues {
                if issue.kind == crossdock_connector::IssueKind::Malformed {
                    refused("malformed", Some(&issue.path), issue.detail.clone());
                } else {
                    say(json!({"issue": issue}));
                }
            }
            for mut observation in normalized.observations {
                if let Err(error) = observation.seal() {
                    refused("malformed", None, error.to_string());
                    continue;
                }
                for problem in observation.validate() {
                    refused("malformed", Some(&problem.path), problem.message);
                }
                out.json(&observation)?;
            }
            for object in normalized.fetch {
                out.json(&json!({"fetch": object}))?;
            }
            if let Some(reason) = normalized.ignored {
                say(json!({"ignored": reason}));
            }
        }
    }
    Ok(if malformed { Exit::Malformed } else { Exit::Done })
}

fn part(entry: &Entry, args: &Args) -> Outcome<std::sync::Arc<dyn Normalize>> {
    let (name, text) = match &args.settings {
        None => ("example settings".to_owned(), (entry.example)().to_owned()),
        Some(path) => {
            let name = path.display().to_string();
            let text =
                std::fs::read_to_string(path).map_err(|error| Failure::usage(format!("{name}: {error}")))?;
            (name, text)
        }
    };
    let table: Table =
        text.parse().map_err(|error: toml::de::Error| Failure::usage(format!("{name}: {error}")))?;
    let parts =
        placeholder::build(entry, table).map_err(|error| Failure::usage(format!("{name}: {error}")))?;
    parts.normalize.ok_or_else(|| {
        Failure::usage(format!(
            "`{}` is a sink: it receives events and normalizes nothing",
            entry.descriptor.id
        ))
    })
}

fn topic(entry: &Entry, given: Option<&str>) -> Outcome<String> {
    let topics = entry.descriptor.capabilities.topics;
    match (given, topics) {
        (Some(topic), _) => Ok(topic.to_owned()),
        (None, [] | ["*"]) => Ok(String::new()),
        (None, [only]) => Ok((*only).to_owned()),
        (None, many) => Err(Failure::usage(format!(
            "--topic is needed for `{}`: one of {}",
            entry.descriptor.id,
            many.join(", ")
        ))),
    }
}

fn headers(given: &[String]) -> Outcome<Headers> {
    let mut headers = Headers::default();
    for header in given {
        let (name, value) = header.split_once(':').ok_or_else(|| {
            Failure::usage(format!("--header `{header}` is not a header: write 'name: value'"))
        })?;
        headers.push(name.trim(), value.trim());
    }
    Ok(headers)
}

fn body(args: &Args) -> Outcome<Vec<u8>> {
    if args.file.as_os_str() != "-" {
        return std::fs::read(&args.file)
            .map_err(|error| Failure::failed(format!("{}: {error}", args.file.display())));
    }
    let mut stdin = std::io::stdin();
    if stdin.is_terminal() {
        say("reading from the terminal: end with Ctrl-D");
    }
    let mut bytes = Vec::new();
    stdin.read_to_end(&mut bytes).map_err(|error| Failure::failed(format!("stdin: {error}")))?;
    Ok(bytes)
}
