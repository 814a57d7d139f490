//! What we depend on: licences, sources and banned crates, by the rules of `deny.toml`.
//!
//! `cargo deny` does it where it is installed. Elsewhere the same rules are held here, from `cargo metadata`; neither
//! needs a network once the dependencies are on the machine. Advisories need a database from the network: that is
//! `cargo deny check advisories`, by hand or on a schedule.

use serde_json::Value;
use toml::Table;

use crate::licence;
use crate::shell::{Outcome, cargo, has, read, root, say};

/// Where a dependency may come from: the default registry, under the name that cargo gives it.
const REGISTRY: &str = "registry+";

pub(crate) fn run() -> Outcome {
    if has("deny") {
        say("audit: by cargo-deny");
        return crate::shell::run(cargo().args([
            "deny",
            "--offline",
            "check",
            "bans",
            "licenses",
            "sources",
        ]));
    }
    say("audit: cargo-deny is not installed, so by our own reading of deny.toml");
    let text =
        std::fs::read_to_string(root().join("deny.toml")).map_err(|error| format!("deny.toml: {error}"))?;
    let rules = Rules::read(&text)?;
    let metadata = read(cargo().args(["metadata", "--locked", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let packages =
        metadata.get("packages").and_then(Value::as_array).ok_or("cargo metadata lists no packages")?;
    let problems: Vec<String> = packages.iter().flat_map(|package| rules.problems(package)).collect();
    if !problems.is_empty() {
        return Err(format!("{} problems\n  {}", problems.len(), problems.join("\n  ")));
    }
    say(&format!("audit: {} packages, licences, sources and bans are in order", packages.len()));
    Ok(())
}

/// What `deny.toml` says.
struct Rules {
    licences: Vec<String>,
    banned: Vec<String>,
}

impl Rules {
    fn read(text: &str) -> Outcome<Self> {
        let table: Table = text.parse().map_err(|error| format!("deny.toml: {error}"))?;
        let list = |section: &str, key: &str| {
            let list =
                table.get(section).and_then(|section| section.get(key)).and_then(toml::Value::as_array);
            list.cloned().ok_or_else(|| format!("deny.toml: no list {section}.{key}"))
        };
        let name = |value: &toml::Value| {
            let value = value.get("crate").unwrap_or(value);
            value.as_str().map(str::to_owned).ok_or_else(|| format!("deny.toml: `{value}` is no name"))
        };
        Ok(Self {
            licences: list("licenses", "allow")?.iter().map(name).collect::<Outcome<_>>()?,
            banned: list("bans", "deny")?.iter().map(name).collect::<Outcome<_>>()?,
        })
    }

    fn problems(&self, package: &Value) -> Vec<String> {
        let text = |key: &str| package.get(key).and_then(Value::as_str).unwrap_or_default();
        let (name, version) = (text("name"), text("version"));
        let mut problems = Vec::new();
        let licence = text("license");
        if !licence::allowed(licence, &self.licences) {
            problems.push(format!("{name} {version}: licence `{licence}` is not allowed"));
        }
        // Our own crates have no source.
        let source = text("source");
        if !source.is_empty() && !source.starts_with(REGISTRY) {
            problems.push(format!("{name} {version}: comes from {source}, not from the registry"));
        }
        if self.banned.iter().any(|banned| banned == name) {
            problems.push(format!("{name} {version}: is banned"));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rules() -> Rules {
        Rules::read("[licenses]\nallow = [\"MIT\"]\n[bans]\ndeny = [{ crate = \"bad\", reason = \"x\" }]")
            .unwrap()
    }

    #[test]
    fn each_rule_finds_what_it_is_for() {
        let good = json!({"name": "a", "version": "1.0.0", "license": "MIT", "source": "registry+x"});
        assert!(rules().problems(&good).is_empty());
        for (key, value) in [("license", "GPL-3.0"), ("source", "git+https://example.com/a"), ("name", "bad")]
        {
            let mut bad = good.clone();
            bad[key] = json!(value);
            assert_eq!(rules().problems(&bad).len(), 1, "{key}");
        }
        let mut none = good;
        none["license"] = json!(null);
        assert_eq!(rules().problems(&none).len(), 1, "a package without a licence");
    }

    #[test]
    fn our_rules_can_be_read() {
        let text = std::fs::read_to_string(root().join("deny.toml")).unwrap();
        let rules = Rules::read(&text).unwrap();
        assert!(rules.licences.iter().any(|name| name == "Apache-2.0"));
        assert!(rules.banned.iter().any(|name| name == "openssl-sys"));
    }

    #[test]
    fn a_missing_list_is_an_error() {
        assert!(Rules::read("[licenses]\nallow = []").is_err());
    }
}
