//! `reconcile`: the platform's list against what is known here and what sinks accepted; and the repair of both.

mod rehand;
mod tell;

use std::collections::HashSet;
use std::sync::Arc;

use crossdock_connector::Captured;
use crossdock_schemas::HistoryKind;
use jiff::{SignedDuration, Timestamp};

use super::repair::{Repairer, open};
use super::when::{Stretch, ordered, time};
use super::{Exit, Failure, Global, Out, Outcome};
use crate::backbone::embedded::Embedded;
use crate::backbone::{Backbone, HistoryKey};
use crate::clock;
use crate::config::{Config, Loaded, SourceSetup};
use crate::http::Client;
use crate::hub::fold_of;
use crate::ingress::pull::Caller;
use crate::lock;
use crate::reconcile::extra::extra;
use crate::reconcile::handed::Sinks;
use crate::reconcile::{Batch, Looked, Reconcile, ReconcileError};
use crate::session::Sessions;
use rehand::Rehand;
use tell::Tell;

/// How far back it looks when nobody says.
const BACK: SignedDuration = SignedDuration::from_hours(24);

/// Arguments of `reconcile`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Asks the platform for what changed in that time, through the connector's poll, and names what is missing here, what
differs, what is here and not on the list (when no --to is given), and what of it a sink has parked or dropped. Times
are those of the platform's own list. Nothing is changed without --repair: then what is missing or differs is captured
as a poll would, what is parked is tried again, and what was dropped is handed off as a replay. Extra ones are for
people to look at. Exit code 1 when something differs and was not repaired.

EXAMPLES
  crossdock reconcile taobao-flagship                       the last 24 hours
  crossdock reconcile taobao-flagship --from 2026-11-11 --to 2026-11-12
  crossdock reconcile shopify-us --from 2h --repair
  crossdock reconcile shopify-us --json | jq 'select(.difference == \"missing\")'")]
pub(super) struct Args {
    /// Source id
    #[arg(value_name = "SOURCE")]
    source: String,
    #[command(flatten)]
    stretch: Stretch,
    /// Capture what is missing or differs, and hand off again what a sink lacks
    #[arg(long)]
    repair: bool,
}

pub(super) async fn run(args: &Args, global: &Global, out: &mut Out) -> Outcome {
    let loaded = global.load()?;
    let source = source(&loaded, &args.source)?;
    let store = Arc::new(open(global)?.1);
    let client = Client::new(&loaded.config.outbound)?;
    let sessions = source.parts.session.as_ref().map(|part| {
        let kept: Arc<dyn Backbone> = Arc::clone(&store) as _;
        Arc::new(Sessions::new(Arc::clone(part), client.clone()).kept(kept, &source.id).borrowed())
    });
    let caller = Caller::new(client, source, sessions);
    let now = clock::now();
    let to = args.stretch.to.as_deref().map(time).transpose()?;
    let from = match &args.stretch.from {
        Some(text) => time(text)?,
        None => to.unwrap_or(now).checked_sub(BACK).unwrap_or(Timestamp::MIN),
    };
    let until = to.unwrap_or(now).min(now);
    ordered(Some(from), Some(until))?;
    let names: Vec<String> = loaded.sinks.iter().map(|sink| sink.id.to_string()).collect();
    let mut walk = Walk {
        reconcile: Reconcile::new(source, fold_of(&loaded), &*store, &caller, from, until)?,
        sinks: Sinks::read(&*store, &names).await?,
        store: &store,
        global,
        config: &loaded.config,
        source: &args.source,
        repairs: args.repair,
        repairer: None,
        listed: HashSet::new(),
        rehand: Rehand::default(),
        tell: Tell::new(&args.source, from, until, &names),
    };
    let walked = walk.all(out).await;
    let ended = match walked {
        Ok(()) if to.is_none() => walk.extras(source, from, until, out).await,
        other => other,
    };
    let ended = match ended {
        Ok(()) => walk.hand_again(out).await,
        other => other,
    };
    if let Some(repairer) = walk.repairer.take() {
        repairer.close().await?;
    }
    ended?;
    walk.tell.summary(to.is_none(), out)?;
    Ok(if walk.tell.open() > 0 { Exit::Failed } else { Exit::Done })
}

fn source<'a>(loaded: &'a Loaded, id: &str) -> Outcome<&'a SourceSetup> {
    loaded.sources.iter().find(|source| *source.id == *id).ok_or_else(|| {
        let known: Vec<&str> = loaded.sources.iter().map(|source| &*source.id).collect();
        Failure::usage(format!("no source `{id}`: {}", known.join(", ")))
    })
}

impl From<ReconcileError> for Failure {
    fn from(error: ReconcileError) -> Self {
        match error {
            ReconcileError::NoList(words) => Self::usage(words),
            other => Self::failed(other.to_string()),
        }
    }
}

struct Walk<'a> {
    reconcile: Reconcile<'a>,
    sinks: Sinks,
    store: &'a Embedded,
    global: &'a Global,
    config: &'a Config,
    source: &'a str,
    repairs: bool,
    repairer: Option<Repairer>,
    listed: HashSet<HistoryKey>,
    rehand: Rehand,
    tell: Tell,
}

impl Walk<'_> {
    async fn repairer(&mut self) -> Outcome<&mut Repairer> {
        Ok(match &mut self.repairer {
            Some(repairer) => repairer,
            none => none.insert(Repairer::new(self.global, self.config).await?),
        })
    }

    /// The whole list, page by page.
    async fn all(&mut self, out: &mut Out) -> Outcome<()> {
        while let Some(batch) = self.reconcile.next().await? {
            self.batch(batch, out).await?;
            out.flush()?;
        }
        Ok(())
    }

    async fn batch(&mut self, mut batch: Batch, out: &mut Out) -> Outcome<()> {
        if !batch.looked.differences.is_empty() && self.may_be_on_its_way().await? {
            batch.looked = self.reconcile.again(&batch.captured).await?;
        }
        for (id, error) in &batch.failed {
            self.tell.failed(id, error, out)?;
        }
        for (at, reason) in &batch.looked.unreadable {
            let topic = batch.captured.get(*at).map_or("", |captured| &captured.topic);
            self.tell.unreadable(topic, reason, out)?;
        }
        let seen: Vec<HistoryKey> =
            batch.looked.seen.iter().filter(|key| self.listed.insert((*key).clone())).cloned().collect();
        let repaired = self.pull(&batch).await?;
        self.tell.compared(&batch.looked, &seen, repaired.as_ref(), out)?;
        for key in seen {
            for newest in self.sinks.newest(self.store, &key).await? {
                self.tell.handed(&key, &newest, self.repairs, out)?;
                self.rehand.add(&key, newest);
            }
        }
        Ok(())
    }

    /// A push may be faster than the list: what the hub has and has not folded yet is no difference. True when
    /// something was waited for.
    async fn may_be_on_its_way(&mut self) -> Outcome<bool> {
        let Some(running) = lock::running(&self.config.data.dir) else { return Ok(false) };
        Repairer::Hub(Box::new(super::admin::Admin::new(running, self.config)?)).catch_up().await?;
        Ok(true)
    }

    /// Captures what is missing or differs; gives what still differs then.
    async fn pull(&mut self, batch: &Batch) -> Outcome<Option<Looked>> {
        if !self.repairs || batch.looked.differences.is_empty() {
            return Ok(None);
        }
        let places: HashSet<usize> =
            batch.looked.differences.iter().map(|difference| difference.at).collect();
        let captured: Vec<Captured> = batch
            .captured
            .iter()
            .enumerate()
            .filter(|(at, _)| places.contains(at))
            .map(|(_, captured)| captured.clone())
            .collect();
        let source = self.source;
        self.repairer().await?.capture(source, captured.clone()).await?;
        Ok(Some(self.reconcile.again(&captured).await?))
    }

    /// What is here and not on the list.
    async fn extras(
        &mut self,
        source: &SourceSetup,
        from: Timestamp,
        until: Timestamp,
        out: &mut Out,
    ) -> Outcome<()> {
        // The platform's index lags, and a push may be faster: what is that young is not missed yet.
        let lag = source.parts.poll.as_ref().map_or(0, |poll| poll.overlap_seconds());
        let young = SignedDuration::from_secs(i64::from(lag) + 60);
        let until = until.checked_sub(young).unwrap_or(until);
        let mut kinds = vec![HistoryKind::Order];
        // Not every list has refunds on it: one that names none is not asked to name all.
        if self.listed.iter().any(|key| key.kind == HistoryKind::Aftersale) {
            kinds.push(HistoryKind::Aftersale);
        }
        for kind in kinds {
            for extra in extra(self.store, self.source, kind, from, until, &self.listed).await? {
                self.tell.extra(&extra, out)?;
            }
        }
        Ok(())
    }

    /// Has parked events tried again and dropped ones replayed.
    async fn hand_again(&mut self, out: &mut Out) -> Outcome<()> {
        if !self.repairs {
            return Ok(());
        }
        let orders = std::mem::take(&mut self.rehand).orders();
        for (order, events) in orders {
            self.repairer().await?.carry_out(order).await?;
            self.tell.handed_again(events);
        }
        out.flush()?;
        Ok(())
    }
}
