//! C17: a connector depends on the contract and nothing that talks to the world; normalizing needs no runtime.

use std::fs;
use std::path::{Path, PathBuf};

use crossdock_connector::SinkPart;

use super::golden;
use super::report::Findings;
use super::suite::Suite;
use crate::fixture::Secrets;

/// What only the hub brings.
const NEVER: [&str; 8] = [
    "axum",
    "governor",
    "opentelemetry",
    "opentelemetry_sdk",
    "opentelemetry-otlp",
    "backon",
    "tracing-subscriber",
    "crossdock",
];
/// What a sink with a client of its own may bring as well.
const CLIENTS: [&str; 6] = ["tokio", "reqwest", "async-nats", "hyper", "hyper-util", "rusqlite"];
/// What a connector may know of crossdock.
const OURS: [&str; 2] = ["crossdock-connector", "crossdock-schemas"];
/// What a pure function cannot need.
const WORLD: [&str; 9] = [
    "std::net",
    "std::env::var",
    "env::var",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "std::process",
    "thread::sleep",
];

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    let parts = suite.parts(None, &Secrets::new());
    let native = matches!(parts.as_ref().map(|parts| &parts.sink), Ok(Some(SinkPart::Native(_))));
    manifest(suite, native, findings);
    sources(&suite.fixtures.root, native, findings);
    // A plain thread without anything: what normalizing gives there is what it gives anywhere.
    suite.each_case(findings, |case, part, findings| {
        let here = golden::to_json(&golden::normalize(part, &case.capture));
        let there = std::thread::scope(|scope| {
            scope.spawn(|| golden::to_json(&golden::normalize(part, &case.capture))).join()
        });
        findings.expect(
            there.is_ok_and(|there| there == here),
            case.label(),
            "another result in another thread",
        );
    });
}

fn manifest(suite: &Suite<'_>, native: bool, findings: &mut Findings) {
    let Some(manifest) = suite.manifest() else {
        return findings.note("Cargo.toml", "cannot be read");
    };
    let mut names: Vec<String> = Vec::new();
    let mut add = |table: Option<&toml::Value>| {
        for (name, value) in table.and_then(toml::Value::as_table).into_iter().flatten() {
            let package = value.get("package").and_then(toml::Value::as_str);
            names.push(package.unwrap_or(name).to_owned());
        }
    };
    for section in ["dependencies", "build-dependencies"] {
        add(manifest.get(section));
        for target in manifest.get("target").and_then(toml::Value::as_table).into_iter().flatten() {
            add(target.1.get(section));
        }
    }
    for name in &names {
        let name = name.as_str();
        let client = CLIENTS.contains(&name) && !native;
        findings.expect(
            !client && !NEVER.contains(&name),
            "Cargo.toml",
            format!("`{name}` belongs to the hub"),
        );
        let foreign = name.starts_with("crossdock-") && !OURS.contains(&name);
        findings.expect(!foreign, "Cargo.toml", format!("`{name}`: connectors do not know each other"));
    }
    let linted = manifest.get("lints").and_then(|lints| lints.get("workspace")?.as_bool());
    findings.expect(linted == Some(true), "Cargo.toml", "`[lints] workspace = true` is missing");
}

fn sources(root: &Path, native: bool, findings: &mut Findings) {
    let lib = fs::read_to_string(root.join("src/lib.rs")).unwrap_or_default();
    let exact = lib.contains("clippy::float_arithmetic") && lib.contains("clippy::float_cmp");
    findings.expect(
        exact,
        "src/lib.rs",
        "`#![deny(clippy::float_arithmetic, clippy::float_cmp)]` is missing",
    );
    let mut files = Vec::new();
    rust_files(&root.join("src"), &mut files);
    for file in files {
        let text = fs::read_to_string(&file).unwrap_or_default();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (at, line) in code.lines().enumerate() {
            let line = line.split("//").next().unwrap_or_default();
            let used = WORLD.iter().find(|word| line.contains(**word));
            let file_access = line.contains("std::fs").then_some(&"std::fs");
            if let (Some(word), false) = (used.or(file_access), native) {
                findings
                    .note(format!("{}:{}", file.display(), at + 1), format!("{word}: a connector is pure"));
            }
        }
    }
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
    found.sort();
}
