//! Documents that must say what the code does.

use std::collections::BTreeSet;

use crossdock::telemetry::metrics::Metric;
use crossdock::{registry, registry_table};
use crossdock_connector::Role;

use super::{files, text};

#[test]
fn the_registry_has_a_line_for_each_folder() {
    let folders: BTreeSet<String> = files()
        .iter()
        .filter_map(|name| name.strip_prefix("connectors/")?.strip_suffix("/Cargo.toml"))
        .filter(|folder| folder.contains('/') && !folder.starts_with("template"))
        .map(str::to_owned)
        .collect();
    let lines: Vec<String> = registry::all()
        .iter()
        .map(|entry| {
            let kind = match entry.descriptor.role {
                Role::Platform => "platforms",
                Role::Carrier => "carriers",
                Role::Sink => "sinks",
            };
            format!("{kind}/{}", entry.descriptor.id)
        })
        .collect();
    assert_eq!(lines.iter().cloned().collect::<BTreeSet<_>>(), folders);
    assert_eq!(lines.len(), folders.len(), "a line is there twice");
    // And each folder has what a newcomer looks for.
    for folder in &folders {
        for name in ["README.md", "example.toml", "tests/conformance.rs"] {
            assert!(
                text(&format!("connectors/{folder}/{name}")).is_some_and(|text| !text.trim().is_empty()),
                "{folder}/{name}"
            );
        }
    }
}

#[test]
fn every_connector_is_fuzzed() {
    // No bytes of others come in where nothing answers.
    const SILENT: [&str; 2] = ["file", "postgres"];
    let table = text("tests/fuzz/src/connectors.rs").unwrap();
    let manifest = text("tests/fuzz/Cargo.toml").unwrap();
    let missing: Vec<&str> = registry::all()
        .iter()
        .map(|entry| entry.descriptor.id)
        .filter(|id| !SILENT.contains(id))
        .filter(|id| {
            let line = table.lines().any(|line| line.contains(&format!("/{id}\" => ")));
            let dependency =
                manifest.lines().any(|line| line.starts_with(&format!("crossdock-{id} = {{ path")));
            !line || !dependency
        })
        .collect();
    assert!(missing.is_empty(), "one line in tests/fuzz/Cargo.toml and src/connectors.rs each: {missing:?}");
}

#[test]
fn the_readme_shows_the_connectors_there_are() {
    let readme = text("README.md").unwrap();
    let (_, rest) = readme.split_once("<!-- connectors:begin -->").expect("a place for the table");
    let (table, _) = rest.split_once("<!-- connectors:end -->").expect("the end of the table");
    let should = registry_table::markdown();
    assert_eq!(table.trim(), should.trim(), "take the output of `crossdock connectors --markdown`");
}

#[test]
fn the_metrics_page_lists_the_metrics() {
    let page = text("hub/docs/metrics.md").unwrap();
    let (_, table) = page.split_once("| metric |").expect("the table of metrics");
    let rows = table.lines().take_while(|line| !line.is_empty());
    let listed: Vec<&str> = rows.filter_map(|row| row.strip_prefix("| `")?.split('`').next()).collect();
    let known: Vec<&str> = Metric::ALL.iter().map(|metric| metric.name()).collect();
    assert_eq!(listed, known, "same metrics in the same order");
}
