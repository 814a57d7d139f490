//! Words in settings: strict, unlike words from outside, because a misspelt one would silently mean unknown.

use crossdock_connector::{Error, Result};

/// Finds a word of a vocabulary; `unknown` is no setting.
pub(crate) fn strict<T: Copy>(word: &str, all: &[T], text: fn(T) -> &'static str, path: &str) -> Result<T> {
    let known = |value: &&T| text(**value) == word && word != "unknown";
    all.iter().find(known).copied().ok_or_else(|| {
        let allowed: Vec<&str> =
            all.iter().map(|value| text(*value)).filter(|word| *word != "unknown").collect();
        refused(word, &allowed).at(path)
    })
}

/// A word that is not allowed, with those that are.
pub(crate) fn refused(word: &str, allowed: &[&str]) -> Error {
    let shown: String = word.chars().take(40).collect();
    Error::config(format!(
        "`{}` is not allowed, expected one of {}",
        shown.escape_debug(),
        allowed.join(", ")
    ))
}
