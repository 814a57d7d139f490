//! The closed lists of words of the model. Each also has `unknown`; what the source really said is in
//! the field's raw twin.

mod aftersale;
mod order;
mod party;
mod tracking;

pub use aftersale::*;
pub use order::*;
pub use party::*;
pub use tracking::*;

/// A word that its vocabulary does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no {vocabulary}")]
pub struct NotInVocabulary {
    vocabulary: &'static str,
    word: String,
}

impl NotInVocabulary {
    pub(crate) fn new(vocabulary: &'static str, word: &str) -> Self {
        // The word may come from outside: keep the message short.
        NotInVocabulary { vocabulary, word: word.chars().take(64).collect() }
    }
}
