//! The house: what is where, who may know whom, and that the documents say what the code does.

mod code;
mod documents;
mod layers;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Every file that is, or would be, under version control, relative to the root.
fn files() -> Vec<String> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git is needed to tell our files from others");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let files: Vec<String> = text
        .split('\0')
        .filter(|name| !name.is_empty() && root().join(name).is_file())
        .map(str::to_owned)
        .collect();
    assert!(files.len() > 100, "these are not all files: {}", files.len());
    files
}

/// The text of a file; none when it is not text.
fn text(name: &str) -> Option<String> {
    String::from_utf8(std::fs::read(root().join(name)).unwrap()).ok()
}

/// Rust files below a folder.
fn rust(below: &str) -> Vec<(String, String)> {
    let found: Vec<(String, String)> = files()
        .into_iter()
        .filter(|name| name.starts_with(below) && name.ends_with(".rs"))
        .map(|name| (name.clone(), text(&name).unwrap()))
        .collect();
    assert!(!found.is_empty(), "nothing below {below}");
    found
}

/// The part of a file before its tests, which come last.
fn without_tests(text: &str) -> &str {
    let tests = text.rfind("\n#[cfg(test)]\n").filter(|at| text[*at..].contains("mod tests"));
    &text[..tests.unwrap_or(text.len())]
}

fn is_test(name: &str) -> bool {
    name.contains("/tests/") || name.contains("/contract") || name.ends_with("tests.rs")
}
