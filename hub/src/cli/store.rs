//! How commands reach the store: for reading always, whether a hub runs or not.

use std::path::Path;

use crate::backbone::embedded::Embedded;
use crate::backbone::{Answer, Backbone, LedgerCounts, Question};
use crate::config::Config;

use super::{Failure, Outcome};

/// The store of a configuration, for reading.
///
/// # Errors
/// When there is none; says where it was looked for.
pub(super) fn reading(config: &Config) -> Outcome<Embedded> {
    let dir = &config.data.dir;
    if !dir.join(crate::backbone::embedded::FILE_NAME).exists() {
        return Err(Failure::failed(nothing(dir)));
    }
    Ok(Embedded::open_read_only(dir, &config.tenant)?)
}

fn nothing(dir: &Path) -> String {
    let shown = dir.display();
    format!(
        "there is no store in {shown}: start the hub or ingest a file first, or name the folder with --data"
    )
}

/// The counts of the ledger.
///
/// # Errors
/// What the store says.
pub(super) async fn counts(store: &dyn Backbone) -> Outcome<LedgerCounts> {
    match store.ask(Question::Ledger).await? {
        Answer::Ledger(counts) => Ok(counts),
        _ => Err(unexpected()),
    }
}

/// The store answered another question than the one that was asked.
pub(super) fn unexpected() -> Failure {
    Failure::failed("the store gave an answer to another question: this is a bug")
}
