//! Backfill from files: rows are gathered into documents, each document becomes one capture.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use crossdock_connector::{Captured, Files, ReadSeek, Row};
use crossdock_schemas::{Channel, Class};

use super::spool::{Spool, ranges};
use crate::backbone::NewCapture;
use crate::clock;

/// Where a file that is being read stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Bytes read, of all bytes.
    Reading(u64, u64),
    /// Documents captured, of all documents.
    Capturing(u64, u64),
}

/// What a file held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows read, without the header.
    pub rows: u64,
    /// Rows that could not be read; each is a capture of its own.
    pub bad: u64,
    /// Documents captured.
    pub documents: u64,
}

/// What a file is for.
pub struct Backfill<'a> {
    /// Source id.
    pub source: Arc<str>,
    /// The connector's part.
    pub files: &'a dyn Files,
    /// Live or backfill.
    pub class: Class,
    /// A folder for gathering rows.
    pub scratch: &'a Path,
}

/// Captures in one call.
const BATCH: usize = 256;

impl Backfill<'_> {
    /// Reads a file and gives its captures in batches to `capture`, which returns when they are durable.
    ///
    /// # Errors
    /// When the file or the spool cannot be read or written; what `capture` says.
    pub fn run(
        &self,
        path: &Path,
        progress: &mut dyn FnMut(Progress),
        capture: &mut dyn FnMut(Vec<NewCapture>) -> Result<(), String>,
    ) -> Result<Summary, String> {
        let name = path
            .file_name()
            .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        let shown = path.display();
        let file = File::open(path).map_err(|error| format!("{shown}: {error}"))?;
        let size = file.metadata().map_or(0, |metadata| metadata.len());
        let input: Box<dyn ReadSeek> = Box::new(BufReader::with_capacity(1 << 18, file));
        let mut rows = self.files.open(&name, input).map_err(|error| format!("{shown}: {error}"))?;
        let header = rows.header().to_vec();
        crate::lock::private_dir(self.scratch)?;
        let spool = Spool::create(self.scratch).map_err(|error| format!("cannot gather rows: {error}"))?;
        let mut summary = Summary::default();
        let mut bad: Vec<NewCapture> = Vec::new();
        while let Some(row) = rows.next_row() {
            summary.rows += 1;
            match row {
                Row::Part { document, order_by, line, bytes, matching } => spool
                    .add(&document, &order_by, line, &bytes, matching.as_ref())
                    .map_err(|error| format!("cannot gather rows: {error}"))?,
                Row::Bad { line, bytes, problem } => {
                    summary.bad += 1;
                    tracing::warn!(file = name, line, problem, "row cannot be read, kept in quarantine");
                    let mut captured = Captured::new(self.files.bad_row_topic(), bytes);
                    captured.origin = Some(format!("{name}:{line}"));
                    captured.headers.push("x-crossdock-problem", problem);
                    bad.push(self.new_capture(captured));
                    if bad.len() >= BATCH {
                        capture(std::mem::take(&mut bad))?;
                    }
                }
            }
            if summary.rows.is_multiple_of(4096) {
                progress(Progress::Reading(rows.position(), size));
            }
        }
        progress(Progress::Reading(size, size));
        if !bad.is_empty() {
            capture(bad)?;
        }
        let all = spool.finish().map_err(|error| format!("cannot gather rows: {error}"))?;
        let mut place = None;
        loop {
            let page = spool
                .documents(place.as_ref(), BATCH)
                .map_err(|error| format!("cannot gather rows: {error}"))?;
            let Some((_, last)) = page.last() else { break };
            place = Some(last.clone());
            let batch: Vec<NewCapture> = page
                .into_iter()
                .map(|(document, _)| {
                    let mut captured =
                        self.files.document(&header, &document.rows, document.linked.as_deref());
                    captured.origin = Some(format!("{name}:{}", ranges(&document.lines)));
                    self.new_capture(captured)
                })
                .collect();
            summary.documents += u64::try_from(batch.len()).unwrap_or_default();
            capture(batch)?;
            progress(Progress::Capturing(summary.documents, all));
        }
        Ok(summary)
    }

    fn new_capture(&self, captured: Captured) -> NewCapture {
        NewCapture {
            source: Arc::clone(&self.source),
            captured,
            channel: Channel::File,
            class: self.class,
            received_at: clock::now_micros(),
            traceparent: None,
            answers: Vec::new(),
        }
    }
}
