//! The schemas that are checked in are those that the types say.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::shell::{self, Outcome, root, say};

/// What `crossdock schema` writes, below `schemas/`. The other folders there are written by people.
const GENERATED: &[&str] = &["asyncapi.json", "json", "examples/events"];

pub(crate) fn run() -> Outcome {
    let fresh = tempfile::tempdir().map_err(|error| error.to_string())?;
    shell::run(shell::crossdock()?.args(["schema", "--out"]).arg(fresh.path()))?;
    let ours = root().join("schemas");
    let written = files(fresh.path(), Path::new(""))?;
    if written.is_empty() {
        return Err("`crossdock schema` wrote nothing".to_owned());
    }
    let mut problems = Vec::new();
    for name in &written {
        let new = std::fs::read(fresh.path().join(name)).map_err(|error| error.to_string())?;
        match std::fs::read(ours.join(name)) {
            Ok(old) if old == new => {}
            Ok(_) => problems.push(format!("schemas/{} differs", name.display())),
            Err(_) => problems.push(format!("schemas/{} is missing", name.display())),
        }
    }
    for part in GENERATED {
        let stale = files(&ours, Path::new(part))?.into_iter().filter(|name| !written.contains(name));
        problems.extend(stale.map(|name| format!("schemas/{} is no longer written", name.display())));
    }
    if !problems.is_empty() {
        let todo = "run `cargo run -- schema --out schemas` and look at the difference";
        return Err(format!("{todo}\n  {}", problems.join("\n  ")));
    }
    say(&format!("schemas: {} documents are as the types say", written.len()));
    Ok(())
}

/// The files at or below a path, relative to `base`.
fn files(base: &Path, path: &Path) -> Outcome<BTreeSet<PathBuf>> {
    let full = base.join(path);
    if !full.is_dir() {
        return Ok(if full.exists() { BTreeSet::from([path.to_path_buf()]) } else { BTreeSet::new() });
    }
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(&full).map_err(|error| error.to_string())? {
        let entry = entry.map_err(|error| error.to_string())?;
        found.extend(files(base, &path.join(entry.file_name()))?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_in_folders_and_by_name() {
        let schemas = root().join("schemas");
        assert_eq!(files(&schemas, Path::new("asyncapi.json")).unwrap().len(), 1);
        assert!(files(&schemas, Path::new("json")).unwrap().contains(Path::new("json/v1/observation.json")));
        assert!(files(&schemas, Path::new("nothing")).unwrap().is_empty());
    }
}
