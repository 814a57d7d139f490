//! Reads the spreadsheet into the running hub: by the same way as `crossdock ingest`.

use std::path::Path;
use std::sync::Arc;

use crossdock_connector::Files;
use crossdock_schemas::Class;

use crate::backbone::{Backbone, Seq};
use crate::ingress::files::Backfill;

use super::script::SHEET;

/// What became of one reading.
pub(super) struct Reading {
    /// The last capture it made.
    pub(super) last: Seq,
}

/// Reads one file to its end.
pub(super) async fn read(
    backbone: Arc<dyn Backbone>,
    files: Arc<dyn Files>,
    path: &Path,
    scratch: &Path,
) -> Result<Reading, String> {
    let (path, scratch) = (path.to_owned(), scratch.to_owned());
    let runtime = tokio::runtime::Handle::current();
    let work = move || {
        let backfill =
            Backfill { source: SHEET.into(), files: &*files, class: Class::Normal, scratch: &scratch };
        let mut last = 0;
        let mut capture = |batch| {
            let seqs = runtime.block_on(backbone.capture(batch)).map_err(|error| error.to_string())?;
            last = seqs.last().copied().unwrap_or(last);
            Ok(())
        };
        backfill.run(&path, &mut |_| {}, &mut capture)?;
        Ok(Reading { last })
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| format!("reading the file failed: {error}"))?
}
