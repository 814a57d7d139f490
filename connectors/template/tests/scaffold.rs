//! What the scaffold writes compiles and passes its own conformance suite, whatever its name.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail as tests do"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crossdock_template::scaffold::{Kind, Name, render};

/// A workspace with copies of all kinds, which depends on the real sdk, schemas and testkit.
fn workspace(folder: &Path, names: &[(&str, Kind)]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let mut manifest: toml::Table = fs::read_to_string(root.join("Cargo.toml")).unwrap().parse().unwrap();
    let mut members = Vec::new();
    for (name, kind) in names {
        let name = Name::parse(name, &[]).unwrap();
        members.push(toml::Value::String(format!("{}/{}", kind.folder(), name.id())));
        for (path, text) in render(&name, *kind) {
            let file = folder.join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
    }
    let workspace = manifest["workspace"].as_table_mut().unwrap();
    workspace.insert("members".to_owned(), toml::Value::Array(members));
    workspace.remove("default-members");
    for (_, dependency) in workspace["dependencies"].as_table_mut().unwrap() {
        if let Some(path) = dependency.get_mut("path") {
            let real = root.join(path.as_str().unwrap());
            *path = toml::Value::String(real.to_str().unwrap().to_owned());
        }
    }
    fs::write(folder.join("Cargo.toml"), manifest.to_string()).unwrap();
    for file in ["Cargo.lock", "clippy.toml", "rustfmt.toml"] {
        fs::copy(root.join(file), folder.join(file)).unwrap();
    }
}

/// The folder of build results of this run, so that nothing is compiled twice.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_owned()
}

#[test]
fn a_copy_of_each_kind_passes_its_suite() {
    let folder = tempfile::tempdir().unwrap();
    let names = [("tea-house", Kind::Platform), ("rocket", Kind::Carrier), ("ledger-2", Kind::Sink)];
    workspace(folder.path(), &names);
    let output = Command::new(env!("CARGO"))
        .args(["test", "--workspace", "--offline", "--no-fail-fast", "--quiet"])
        .current_dir(folder.path())
        .env("CARGO_TARGET_DIR", target())
        .env_remove("CROSSDOCK_UPDATE_GOLDENS")
        .output()
        .unwrap();
    let told =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}");
    // Each suite really ran, with all of its checks.
    assert_eq!(told.matches("19 passed; 0 failed").count(), 3, "{told}");
}
