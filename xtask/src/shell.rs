//! Running other programs, visibly: what is run is printed before, how long it took after.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// What a step ends with: nothing, or what is wrong.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// Prints a line on stderr. A closed stderr is no reason to stop.
pub(crate) fn say(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    program(variable("CARGO").unwrap_or_else(|| "cargo".to_owned()))
}

/// A program that runs in the root of the workspace and reads nothing.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// An environment variable that is set and not empty.
#[allow(clippy::disallowed_methods, reason = "tooling has no configuration of its own")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Runs a command whose output goes where ours goes.
///
/// # Errors
/// When it cannot be started or says that it failed.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let line = shown(command);
    say(&format!("\n$ {line}"));
    let began = Instant::now();
    let status = command.status().map_err(|error| format!("`{line}` cannot be started: {error}"))?;
    say(&format!("  ({} s)", began.elapsed().as_secs()));
    if status.success() { Ok(()) } else { Err(format!("`{line}` failed: {status}")) }
}

/// Runs a command and returns what it wrote to stdout.
///
/// # Errors
/// When it cannot be started or says that it failed; with what it wrote to stderr.
pub(crate) fn read(command: &mut Command) -> Outcome<String> {
    let line = shown(command);
    let output = command.output().map_err(|error| format!("`{line}` cannot be started: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{line}` failed: {}\n{}", output.status, said.trim()));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("`{line}` wrote something that is not UTF-8"))
}

/// Whether cargo has this subcommand installed.
pub(crate) fn has(subcommand: &str) -> bool {
    read(cargo().args([subcommand, "--version"])).is_ok()
}

/// The folder that cargo builds into.
///
/// # Errors
/// When cargo does not say.
pub(crate) fn target() -> Outcome<PathBuf> {
    let text = read(cargo().args(["metadata", "--locked", "--no-deps", "--format-version", "1"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let folder = metadata.get("target_directory").and_then(|value| value.as_str());
    folder.map(PathBuf::from).ok_or_else(|| "cargo metadata names no target directory".to_owned())
}

/// Builds the whole workspace, once: every later step finds its binaries there.
///
/// # Errors
/// When it does not build.
pub(crate) fn build() -> Outcome {
    run(cargo().args(["build", "--locked", "--workspace", "--all-targets"]))
}

/// The built command `crossdock`.
///
/// # Errors
/// When it does not build.
pub(crate) fn crossdock() -> Outcome<Command> {
    build()?;
    let path = target()?.join("debug").join(format!("crossdock{}", std::env::consts::EXE_SUFFIX));
    Ok(program(path))
}

fn shown(command: &Command) -> String {
    let root = root();
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let shorten = |word: &OsStr| {
        let path = Path::new(word);
        let name = path.file_name().filter(|_| path.is_absolute() && !path.starts_with(&root));
        let short = path.strip_prefix(&root).ok().map(Path::as_os_str).or(name);
        short.unwrap_or(word).to_string_lossy().into_owned()
    };
    words.map(shorten).collect::<Vec<_>>().join(" ")
}
