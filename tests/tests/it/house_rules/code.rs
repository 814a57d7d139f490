//! Rules about the text of the code.

use super::{files, is_test, rust, text, without_tests};

const MOST_LINES: usize = 400;

#[test]
fn no_file_is_longer_than_a_head_can_hold() {
    let mut long = Vec::new();
    for folder in ["schemas/", "connectors/", "hub/", "tests/", "xtask/"] {
        for (name, text) in rust(folder) {
            let lines = without_tests(&text).lines().count();
            if !is_test(&name) && lines > MOST_LINES {
                long.push(format!("{name}: {lines} lines, at most {MOST_LINES}"));
            }
        }
    }
    assert!(long.is_empty(), "one idea a file:\n{}", long.join("\n"));
}

#[test]
fn every_source_file_says_what_it_is_for() {
    let mut silent = Vec::new();
    for folder in ["schemas/src/", "connectors/", "hub/src/", "xtask/src/"] {
        for (name, text) in rust(folder) {
            if !is_test(&name) && !text.starts_with("//!") && !text.starts_with("#![doc") {
                silent.push(name);
            }
        }
    }
    assert!(silent.is_empty(), "no module doc: {silent:?}");
}

/// Log calls of a file: line and message.
fn messages(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for level in ["error", "warn", "info", "debug", "trace"] {
        let call = format!("tracing::{level}!(");
        for (at, _) in text.match_indices(&call) {
            let line = text[..at].lines().count() + 1;
            if let Some(message) = message(&text[at + call.len()..]) {
                found.push((line, message));
            }
        }
    }
    found
}

/// The message of a log call: its last text that is no field's value. `rest` starts behind the opening bracket.
fn message(rest: &str) -> Option<String> {
    let (mut depth, mut found, mut last) = (1, None, ' ');
    let mut characters = rest.chars();
    while let Some(character) = characters.next() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            '"' => {
                let mut literal = String::new();
                while let Some(inner) = characters.next() {
                    match inner {
                        '\\' => literal.extend(characters.next()),
                        '"' => break,
                        inner => literal.push(inner),
                    }
                }
                if depth == 1 && last != '=' {
                    found = Some(literal);
                }
            }
            _ => {}
        }
        if depth == 0 {
            return found;
        }
        if !character.is_whitespace() {
            last = character;
        }
    }
    found
}

#[test]
fn log_messages_start_small_and_end_without_a_stop() {
    let (mut bad, mut seen) = (Vec::new(), 0);
    for (name, text) in rust("hub/src/") {
        for (line, message) in messages(without_tests(&text)) {
            seen += 1;
            let starts_large = message.starts_with(char::is_uppercase);
            if starts_large
                || message.ends_with(['.', '!', ':'])
                || message.contains('{')
                || message.is_empty()
            {
                bad.push(format!("{name}:{line}: {message:?}"));
            }
        }
    }
    assert!(seen > 20, "log calls are no longer found: {seen}");
    assert!(bad.is_empty(), "lower case, no full stop, fields instead of formatting:\n{}", bad.join("\n"));
}

#[test]
fn the_reader_of_log_calls_finds_messages() {
    let text = "x\ntracing::warn!(\n  error = %error, name = \"Value.\",\n  \"It (really) \\\"broke\\\".\"\n);\ntracing::info!(a, b = f(\"no\"));";
    assert_eq!(messages(text), [(2, "It (really) \"broke\".".to_owned())]);
}

#[test]
fn no_file_knows_this_machine_or_a_registry() {
    // In pieces, so that this file does not find itself.
    let machine = ["/wo|rk/", "/tm|p/", "/ro|ot/", "/ho|me/", "/Us|ers/", "C:|\\\\"];
    let registries =
        ["crates|.io", "pypi|.org", "npmjs|.com", "npmjs|.org", "docker|.io", "proxy.golang|.org"];
    let needles: Vec<String> =
        machine.iter().chain(&registries).map(|needle| needle.replace('|', "")).collect();
    let mut bad = Vec::new();
    for name in files() {
        // Cargo writes the lock file itself, with the name of the registry; the tools beside the project keep theirs.
        if name == "Cargo.lock" {
            continue;
        }
        let Some(text) = text(&name) else { continue };
        for (line, content) in text.lines().enumerate() {
            if let Some(needle) = needles.iter().find(|needle| content.contains(*needle)) {
                bad.push(format!("{name}:{}: {needle}", line + 1));
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
