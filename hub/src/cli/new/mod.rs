//! `new`: a connector to start from. It compiles, passes the conformance suite and is wired in before its first line is
//! changed.
//!
//! Nothing is overwritten: files are written only into a folder that is not there yet, and everything is worked out
//! before the first of them.

mod wire;

use std::path::{Path, PathBuf};

use crossdock_template::scaffold::{Kind, Name, render};
use serde_json::json;

use super::{Exit, Failure, Global, Out, Outcome, STRONG};
use crate::registry;

/// Arguments of `new`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// A platform, carrier or sink
    #[command(after_help = "\
Run it in a checkout of crossdock. It writes connectors/<kind>s/<name> and the lines that compile it in. What comes
next: hub/docs/first-connector.md.

EXAMPLES
  crossdock new connector tea-house --kind platform
  crossdock new connector rocket-post --kind carrier
  crossdock new connector my-erp --kind sink")]
    Connector(Connector),
}

#[derive(Debug, clap::Args)]
struct Connector {
    /// Its id: lower case letters, digits and `-`
    #[arg(value_name = "NAME")]
    name: String,
    /// What it connects: platform, carrier or sink
    #[arg(long, value_name = "KIND", value_parser = |text: &str| text.parse::<Kind>().map_err(|error| error.to_string()))]
    kind: Kind,
    /// The checkout to write into
    #[arg(long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
}

pub(super) fn run(args: &Args, _: &Global, out: &mut Out) -> Outcome {
    let What::Connector(wanted) = &args.what;
    let known: Vec<&str> = registry::all().iter().map(|entry| entry.descriptor.id).collect();
    let name =
        Name::parse(&wanted.name, &known).map_err(|error| Failure::usage(format!("the name {error}")))?;
    let written = write(&wanted.root, &name, wanted.kind)?;
    let folder = format!("{}/{}", wanted.kind.folder(), name.id());
    if !out.for_people() {
        out.json(&json!({"connector": name.id(), "kind": wanted.kind.as_str(), "folder": folder,
            "files": written.files, "changed": wire::FILES}))?;
        return Ok(Exit::Done);
    }
    let title = out.paint(STRONG, format!("{folder} is there: {} files", written.files));
    out.line(title)?;
    out.line(format_args!("  compiled in by {}", wire::FILES.join(", ")))?;
    out.line("")?;
    let steps = [
        (format!("cargo test -p crossdock-{}", name.id()), "passes already"),
        ("cargo run -- connectors".to_owned(), "lists it"),
        (format!("$EDITOR {folder}/src/wire.rs"), "what the vendor sends: start here"),
    ];
    let wide = steps.iter().map(|(command, _)| command.len()).max().unwrap_or_default();
    for (command, what) in &steps {
        out.line(format_args!("  {command:<wide$}   {what}"))?;
    }
    out.line("")?;
    out.line("The whole way: hub/docs/first-connector.md")?;
    Ok(Exit::Done)
}

struct Written {
    files: usize,
}

/// Writes the connector's files and the lines that compile it in.
fn write(root: &Path, name: &Name, kind: Kind) -> Outcome<Written> {
    let here = root.display();
    if !root.join("connectors/sdk/Cargo.toml").is_file() {
        return Err(Failure::usage(format!(
            "{here} is no checkout of crossdock: run this where its Cargo.toml is, or name the folder with --root"
        )));
    }
    let folder = root.join(kind.folder()).join(name.id());
    if folder.exists() {
        return Err(Failure::failed(format!("{} is there already", folder.display())));
    }
    let mut changes = Vec::new();
    for file in wire::FILES {
        let path = root.join(file);
        let text =
            std::fs::read_to_string(&path).map_err(|error| Failure::failed(format!("{file}: {error}")))?;
        let text = wire::wired(file, &text, name, kind)
            .map_err(|error| Failure::failed(format!("{file}: {error}")))?;
        changes.push((path, text));
    }
    let files = render(name, kind);
    let written = Written { files: files.len() };
    let files = files.into_iter().map(|(path, text)| (root.join(path), text));
    for (path, text) in files.chain(changes) {
        let failed = |error: std::io::Error| Failure::failed(format!("{}: {error}", path.display()));
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        std::fs::write(&path, text).map_err(failed)?;
    }
    Ok(written)
}
