//! Memory and growth: what a full store costs.

use std::path::Path;
use std::time::{Duration, Instant};

use super::embedded::{LAST, fill};
use super::{Figure, corpus, mebibytes, per_second, ratio, timed};
use crate::hub::Hub;

pub(super) fn measure(scratch: &Path, orders: usize) -> Result<Vec<Figure>, String> {
    let small = fill(&scratch.join("small").made()?, 0..LAST.min(orders))?;
    let after_small = peak_memory()?;
    drop(small);
    let filled = fill(scratch, 0..orders)?;
    let after = peak_memory()?;
    let loaded = corpus::loaded(scratch, None)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let (hub, took) = timed(|| {
        runtime.block_on(async {
            let hub = Hub::start(loaded).await?;
            let head = *hub.backbone.heads().captures.borrow();
            while hub.backbone.intake_position().await.map_err(|error| error.to_string())? < head {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            Ok::<_, String>(hub)
        })
    });
    let began = Instant::now();
    runtime.block_on(hub?.shutdown())?;
    let limit = 200.0;
    Ok(vec![
        Figure {
            what: format!("peak memory after {} orders", LAST.min(orders)),
            seen: format!("{:.0} MiB", mebibytes(after_small)),
            limit: "-".into(),
            holds: None,
        },
        Figure {
            what: format!(
                "peak memory after {orders} live orders ({:.0} orders/s)",
                per_second(orders, filled.took)
            ),
            seen: format!("{:.0} MiB", mebibytes(after)),
            limit: format!("under {limit:.0} MiB"),
            holds: Some(mebibytes(after) < limit),
        },
        Figure {
            what: format!("restart with {orders} live orders, until ready"),
            seen: format!("{} ms (shutdown {} ms)", took.as_millis(), began.elapsed().as_millis()),
            limit: "under 2 s".into(),
            holds: Some(took < Duration::from_secs(2)),
        },
    ])
}

pub(super) fn growth(scratch: &Path, orders: usize) -> Result<Vec<Figure>, String> {
    let first = fill(scratch, 0..LAST)?;
    let early = per_second(LAST, first.took);
    let rest = fill(scratch, LAST..orders.max(2 * LAST))?;
    let late = per_second(LAST, rest.last);
    let share = ratio(late, early);
    let size =
        std::fs::metadata(rest.dir.join(crate::backbone::embedded::FILE_NAME)).map_or(0, |file| file.len());
    Ok(vec![
        Figure {
            what: "rate of the first 100 000 orders".into(),
            seen: format!("{early:.0} orders/s"),
            limit: "the limit".into(),
            holds: None,
        },
        Figure {
            what: format!(
                "rate of the last 100 000 of {orders} orders ({:.1} GiB)",
                mebibytes(size) / 1024.0
            ),
            seen: format!("{late:.0} orders/s = {:.0} %", share * 100.0),
            limit: "at least 60 %".into(),
            holds: Some(share >= 0.6),
        },
        Figure {
            what: "peak memory of all of it".into(),
            seen: format!("{:.0} MiB", mebibytes(peak_memory()?)),
            limit: "-".into(),
            holds: None,
        },
    ])
}

/// Most memory this process ever had, from the system.
pub(super) fn peak_memory() -> Result<u64, String> {
    let status = std::fs::read_to_string("/proc/self/status").map_err(|error| error.to_string())?;
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| "the system does not tell".to_owned())
}

trait Made {
    fn made(self) -> Result<std::path::PathBuf, String>;
}

impl Made for std::path::PathBuf {
    /// The folder, made.
    fn made(self) -> Result<std::path::PathBuf, String> {
        std::fs::create_dir_all(&self).map_err(|error| format!("{}: {error}", self.display()))?;
        Ok(self)
    }
}
