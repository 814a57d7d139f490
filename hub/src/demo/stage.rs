//! The play itself: a hub starts, everybody talks, and in the end nothing is on its way any more.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crossdock_connector::Files;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::clock;
use crate::hub::Hub;
use crate::ledger::Ledger;

use super::files::{self, Reading};
use super::live;
use super::play::{self, Pace, Part, Score};
use super::script::Script;
use super::settle;
use super::world::{self, World};

/// When the sheet is read, and when it is read again.
const FIRST: u32 = 100_000;
const AGAIN: u32 = 600_000;

/// A play that came to its end.
pub(super) struct Ended {
    pub(super) score: Arc<Score>,
    /// How long it took until everything was settled.
    pub(super) took: Duration,
    /// The ledger then.
    pub(super) ledger: Ledger,
    /// The first reading of the sheet.
    pub(super) reading: Reading,
}

/// Plays the script to a hub and waits until nothing is on its way any more.
///
/// # Errors
/// What did not come to its end.
pub(super) async fn play(
    hub: &Hub,
    sheet: Arc<dyn Files>,
    script: &mut Script,
    world: &World,
    length: Duration,
) -> Result<Ended, String> {
    let began = Instant::now();
    let score = Arc::new(Score::new(u64::try_from(script.acts()).unwrap_or(u64::MAX)));
    let (stop, stopped) = watch::channel(false);
    let shown = tokio::spawn(live::show(Arc::clone(&hub.backbone), Arc::clone(&score), stopped));
    let settled = talk(hub, sheet, script, world, length, &score).await;
    stop.send_replace(true);
    // When the display broke, what it showed is still right.
    drop(shown.await);
    let (ledger, reading) = settled?;
    Ok(Ended { score, took: began.elapsed(), ledger, reading })
}

async fn talk(
    hub: &Hub,
    sheet: Arc<dyn Files>,
    script: &mut Script,
    world: &World,
    length: Duration,
    score: &Arc<Score>,
) -> Result<(Ledger, Reading), String> {
    let folder = world.dir.join("files");
    let (first, again) = (folder.join("invoices.csv"), folder.join("invoices-again.csv"));
    world::write(&first, &script.files.first)?;
    world::write(&again, &script.files.again)?;
    let pace = Pace { began: Instant::now(), length };
    let (webhook, balancer) = match &world.cluster {
        Some(cluster) => {
            let (address, task) = cluster.balance(hub.webhook).await?;
            (address, Some(task))
        }
        None => (hub.webhook, None),
    };
    let part = |cues| Part { cues, webhook, pace, score: Arc::clone(score) };
    let shopify = part(std::mem::take(&mut script.shopify));
    let taobao = part(std::mem::take(&mut script.taobao));
    let sf = part(std::mem::take(&mut script.sf));
    let scratch = world.dir.join("scratch");
    let rows = async {
        pace.until(FIRST).await;
        let reading = files::read(Arc::clone(&hub.backbone), Arc::clone(&sheet), &first, &scratch).await?;
        pace.until(AGAIN).await;
        files::read(Arc::clone(&hub.backbone), sheet, &again, &scratch).await?;
        // Empty by now; when it is not, it goes with the folder around it.
        drop(std::fs::remove_dir(&scratch));
        Ok::<Reading, String>(reading)
    };
    let everybody = async {
        let drama = async {
            if let Some(cluster) = &world.cluster {
                cluster.drama(score).await;
            }
        };
        let (reading, (), (), (), ()) =
            tokio::join!(rows, shopify.play(world), taobao.play(world), sf.play(world), drama);
        reading
    };
    tokio::pin!(everybody);
    let reading = tokio::select! {
        reading = &mut everybody => reading,
        () = play::outage(&world.erp, score) => everybody.await,
    };
    // Whatever happened: from here on everybody is well.
    world.erp.receiver.server().set_down(false);
    score.erp_down.store(false, Ordering::Relaxed);
    let told: Timestamp = clock::now();
    let limit = Duration::from_secs(60) + length * 4;
    let ledger = settle::wait(&*hub.backbone, told, limit).await?;
    if let Some(balancer) = balancer {
        balancer.abort();
    }
    Ok((ledger, reading?))
}
