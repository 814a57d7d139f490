//! The table of connectors as README.md and README.zh-CN.md show it, between `connectors:begin` and `connectors:end`.
//! Written from what is compiled in, so that it cannot promise what is not there; a test compares, and writes it anew
//! when it is asked to.

use crossdock_connector::{Capabilities, Descriptor, Maturity, Role};

use crate::registry::{self, Entry};

/// The table: one line each, in the order of the registry.
pub fn markdown() -> String {
    let mut text =
        String::from("| connector | kind | for | can | gives | proven by |\n|---|---|---|---|---|---|\n");
    for entry in registry::all() {
        text.push_str(&line(&entry));
    }
    text
}

fn line(entry: &Entry) -> String {
    let descriptor = entry.descriptor;
    let kind = match descriptor.role {
        Role::Platform => "platform",
        Role::Carrier => "carrier",
        Role::Sink => "sink",
    };
    let Descriptor { id, title, vendor_api, .. } = descriptor;
    let cells = [
        format!("[{id}](connectors/{})", entry.folder()),
        kind.to_owned(),
        format!("{title} ({vendor_api})"),
        abilities(&descriptor.capabilities, descriptor.role),
        descriptor.capabilities.entities.join(", "),
        proof(descriptor.maturity).to_owned(),
    ];
    let cells = cells.map(|cell| if cell.is_empty() { cell } else { format!(" {cell}") });
    format!("|{} |\n", cells.join(" |"))
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

const fn proof(maturity: Maturity) -> &'static str {
    match maturity {
        Maturity::Production => "production",
        Maturity::RealCapture => "real capture",
        Maturity::VendorDocument => "vendor document",
        Maturity::Synthetic => "synthetic",
        Maturity::Own => "own",
    }
}
