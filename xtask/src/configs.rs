//! `crossdock check` on every configuration that ships: an example that does not load is no example.
//!
//! Secrets get stand-ins of the right form, and words between `@` signs, which the demo fills in, get an address.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::shell::{self, Outcome, root, run as run_command, say};

/// A value that any connector takes as a secret: the form of Standard Webhooks is the strictest.
const SECRET: &str = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
/// The last part of a bot's address.
const HOOK: &str = "07070707-0707-4707-8707-070707070707";
const PUBLIC: &str = "whpk_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

pub(crate) fn run() -> Outcome {
    let configs = configs()?;
    if configs.is_empty() {
        return Err("no configuration was found under config/".to_owned());
    }
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    shell::crossdock()?;
    for path in &configs {
        let name = path.strip_prefix(root()).unwrap_or(path).display().to_string();
        check(path, folder.path()).map_err(|error| format!("{name}: {error}"))?;
        say(&format!("configs: {name} is in order"));
    }
    Ok(())
}

fn configs() -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in ["config", "config/demo", "config/examples"] {
        let entries = std::fs::read_dir(root().join(folder)).map_err(|error| format!("{folder}: {error}"))?;
        for entry in entries {
            let path = entry.map_err(|error| error.to_string())?.path();
            // Rules are named by a configuration; the hub's own tests read these.
            let rules = path.file_name().is_some_and(|name| name == "risk.toml");
            if path.extension().is_some_and(|extension| extension == "toml") && !rules {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn check(path: &Path, folder: &Path) -> Outcome {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let (text, variables) = prepared(&text, folder)?;
    let copy = folder.join(path.file_name().unwrap_or_default());
    std::fs::write(&copy, text).map_err(|error| error.to_string())?;
    let binary = shell::target()?.join("debug").join("crossdock");
    let mut command = shell::program(binary);
    command.args(["check", "--config"]).arg(copy).envs(variables.iter().map(|name| (name, stand_in(name))));
    run_command(&mut command)
}

/// The text with its secrets and blanks filled in, and the variables it names.
fn prepared(text: &str, folder: &Path) -> Outcome<(String, Vec<String>)> {
    let mut text = text.replace("@DIR@", &folder.display().to_string());
    while let Some(blank) = blank(&text) {
        text = text.replace(&blank, "http://127.0.0.1:9/");
    }
    let table: Table = text.parse().map_err(|error| format!("{error}"))?;
    let (mut variables, mut files) = (Vec::new(), Vec::new());
    references(&Value::Table(table), &mut variables, &mut files);
    for (number, file) in files.iter().enumerate() {
        let secret = folder.join(format!("secret-{number}"));
        write_private(&secret, stand_in(file)).map_err(|error| error.to_string())?;
        text = text.replace(&format!("file = \"{file}\""), &format!("file = \"{}\"", secret.display()));
    }
    Ok((text, variables))
}

/// The first `@WORD@` in a text.
fn blank(text: &str) -> Option<String> {
    let mut pieces = text.split('@').skip(1);
    let word = pieces.find(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase()))?;
    Some(format!("@{word}@"))
}

/// Collects what `{ env = ".." }` and `{ file = ".." }` name.
fn references(value: &Value, variables: &mut Vec<String>, files: &mut Vec<String>) {
    match value {
        Value::Table(table) => {
            let only = |key: &str| table.get(key).filter(|_| table.len() == 1).and_then(Value::as_str);
            variables.extend(only("env").map(str::to_owned));
            files.extend(only("file").map(str::to_owned));
            table.values().for_each(|value| references(value, variables, files));
        }
        Value::Array(list) => list.iter().for_each(|value| references(value, variables, files)),
        _ => {}
    }
}

fn stand_in(name: &str) -> &'static str {
    match name.to_ascii_lowercase() {
        name if name.contains("public") => PUBLIC,
        name if name.ends_with("_hook") => HOOK,
        _ => SECRET,
    }
}

/// The hub refuses secret files that others can read.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::write(path, text)?;
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_blanks_are_filled_in() {
        let folder = tempfile::tempdir().unwrap();
        let text = "url = \"@ERP@\"\ndir = \"@DIR@/x\"\nmail = \"a@b\"\na = { env = \"KEY\" }\n\
                    [[s]]\nb = { file = \"/run/key\" }\n";
        let (text, variables) = prepared(text, folder.path()).unwrap();
        let table: Table = text.parse().unwrap();
        assert_eq!(table["url"].as_str(), Some("http://127.0.0.1:9/"));
        assert_eq!(table["mail"].as_str(), Some("a@b"));
        assert_eq!(table["dir"].as_str(), Some(format!("{}/x", folder.path().display()).as_str()));
        assert_eq!(variables, ["KEY"]);
        let file = table["s"][0]["b"]["file"].as_str().unwrap();
        assert_eq!(std::fs::read_to_string(file).unwrap(), SECRET);
    }

    #[test]
    fn the_configurations_that_ship_are_found() {
        let found = configs().unwrap();
        assert!(found.iter().any(|path| path.ends_with("config/examples/online-retail.toml")));
        assert!(found.iter().any(|path| path.ends_with("config/crossdock.default.toml")));
    }
}
