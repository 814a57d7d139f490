//! Who may know whom: schemas, then the connector kit, then connectors, then the hub, then tests; and what must stay
//! pure.

use std::collections::BTreeMap;

use super::{files, is_test, root, rust, without_tests};

/// What a crate names in a section of its manifest.
fn named(manifest: &toml::Table, section: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut take = |table: &toml::Table| {
        if let Some(toml::Value::Table(section)) = table.get(section) {
            found.extend(section.keys().cloned());
        }
    };
    take(manifest);
    if let Some(toml::Value::Table(targets)) = manifest.get("target") {
        targets.values().filter_map(toml::Value::as_table).for_each(take);
    }
    found
}

/// Every crate of ours: folder, name, manifest.
fn crates() -> Vec<(String, String, toml::Table)> {
    let found: Vec<_> = files()
        .into_iter()
        .filter_map(|name| name.strip_suffix("/Cargo.toml").map(str::to_owned))
        .map(|folder| {
            let text = std::fs::read_to_string(root().join(&folder).join("Cargo.toml")).unwrap();
            let manifest: toml::Table = text.parse().unwrap();
            (folder, manifest["package"]["name"].as_str().unwrap().to_owned(), manifest)
        })
        .collect();
    assert!(found.len() >= 12, "these are not all crates: {}", found.len());
    found
}

/// How high a crate stands. A crate may only name crates below it.
fn height(folder: &str) -> u32 {
    match folder {
        "schemas" => 0,
        "hub/address" | "connectors/sdk" => 1,
        "connectors/testkit" => 2,
        folder if folder.starts_with("connectors/") => 3,
        "hub" => 4,
        "tests" | "tests/fuzz" | "tests/karrio" | "xtask" | "deploy/nats/subscribers/rust" => 5,
        other => panic!("a crate in a new place: {other}"),
    }
}

#[test]
fn dependencies_point_downwards() {
    let crates = crates();
    let heights: BTreeMap<&str, u32> =
        crates.iter().map(|(folder, name, _)| (name.as_str(), height(folder))).collect();
    let mut bad = Vec::new();
    for (folder, name, manifest) in &crates {
        for section in ["dependencies", "build-dependencies"] {
            for other in named(manifest, section) {
                if heights.get(other.as_str()).is_some_and(|other| *other >= height(folder)) {
                    bad.push(format!("{name} names {other}"));
                }
            }
        }
        // What ships must not contain the test kit, but for the hub, whose demo plays with its stand-ins.
        let has_kit = named(manifest, "dependencies").iter().any(|other| other == "crossdock-testkit");
        if has_kit && height(folder) == 3 {
            bad.push(format!("{name} ships the test kit"));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn connectors_do_no_io() {
    const BANNED: &[&str] = &[
        "tokio",
        "reqwest",
        "async-nats",
        "hyper",
        "hyper-util",
        "axum",
        "rusqlite",
        "governor",
        "opentelemetry",
        "rand",
    ];
    let mut bad = Vec::new();
    for (folder, name, manifest) in crates() {
        // The test kit plays the outside world: it has sockets.
        if !matches!(height(&folder), 0 | 1 | 3) {
            continue;
        }
        // A native sink brings its own client.
        let native = folder == "connectors/sinks/postgres";
        bad.extend(
            named(&manifest, "dependencies")
                .into_iter()
                .filter(|other| BANNED.contains(&other.as_str()) && !(native && other == "tokio"))
                .map(|other| format!("{name} names {other}")),
        );
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn the_core_is_pure() {
    let core = |name: &str| {
        let pure = ["condition", "filter", "schedule"].map(|part| format!("hub/src/handoff/{part}.rs"));
        let folders = ["hub/src/enrich/", "hub/src/history/", "hub/src/handoff/lanes/"];
        // The risk list is a file for commands and for a start; looking at an order reads none.
        let list = name == "hub/src/enrich/risk/list.rs";
        // A file of tests may use what tests use.
        !list && !is_test(name) && folders.iter().any(|folder| name.starts_with(folder))
            || pure.iter().any(|pure| pure == name)
    };
    const IMPURE: &[&str] = &[
        "tokio",
        ".await",
        "async ",
        "dyn Backbone",
        "reqwest",
        "rusqlite",
        "std::fs",
        "std::net",
        "std::thread",
        "std::env",
        "SystemTime",
        "Instant",
        "clock::now",
        "embedded::",
    ];
    let (mut seen, mut bad) = (0, Vec::new());
    for (name, text) in rust("hub/src/").into_iter().filter(|(name, _)| core(name)) {
        seen += 1;
        for (line, content) in without_tests(&text).lines().enumerate() {
            let code = content.split("//").next().unwrap();
            bad.extend(
                IMPURE
                    .iter()
                    .filter(|word| code.contains(*word))
                    .map(|word| format!("{name}:{}: {word}", line + 1)),
            );
        }
    }
    assert!(seen >= 10, "the core has moved: {seen} files");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
