//! One step: a batch of captures becomes one commit. Pure but for loading the states it needs.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crossdock_connector::IssueKind;
use crossdock_schemas::{HistoryKind, Observation, OrderRef, identity};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::cache::{Cache, Known};
use super::keys::{data_of, history_key, order_key, parcels_of};
use super::read::{Read, read, reason};
use super::work::Work;
use super::{Enrich, FoldSource};
use crate::backbone::*;
use crate::handoff::filter::{Filter, Subject};
use crate::history::{self, Context, MilestoneRules, State, Verdict};
use crate::telemetry::child_span;

/// Finds what a source needs for folding by the source's id.
pub type SourceOf = HashMap<Arc<str>, FoldSource>;

/// Most states kept in memory between steps.
const KEPT: usize = 1024;

/// Turns captures into commits.
pub struct Fold {
    tenant: Arc<str>,
    sources: SourceOf,
    sinks: Vec<(Arc<str>, Filter)>,
    /// Whether a filter looks at the data of events.
    looks: bool,
    rules: Arc<MilestoneRules>,
    pub(super) enrich: Arc<dyn Enrich>,
    cache: Cache,
}

/// What a batch of captures became.
pub struct Step {
    /// To be committed, in this order: one, or several where the backbone takes only so much at once.
    pub commits: Vec<Commit>,
    /// Everything up to here is in them; the rest of the batch is not.
    pub to: Seq,
    /// How many captures are in them.
    pub captures: usize,
    /// Captures that could be read.
    pub readable: u64,
}

impl Fold {
    /// A fold for these sources and sinks.
    pub fn new(
        tenant: Arc<str>,
        sources: SourceOf,
        sinks: Vec<(Arc<str>, Filter)>,
        rules: MilestoneRules,
        enrich: Arc<dyn Enrich>,
    ) -> Self {
        let looks = sinks.iter().any(|(_, filter)| !filter.conditions.is_empty());
        Self { looks, tenant, sources, sinks, rules: Arc::new(rules), enrich, cache: Cache::new(KEPT) }
    }

    /// Forgets all states: after a failed commit they are not what the store holds.
    pub fn forget(&mut self) {
        self.cache.forget();
    }

    /// Folds a batch that follows `from`.
    ///
    /// # Errors
    /// What the store says when states are loaded.
    pub async fn step(
        &mut self,
        backbone: &dyn Backbone,
        from: Seq,
        captures: &[StoredCapture],
        now: Timestamp,
    ) -> Result<Step, BackboneError> {
        self.work(backbone, Some(from), captures, now).await
    }

    /// Folds captures of the quarantine again.
    ///
    /// # Errors
    /// What the store says when states are loaded.
    pub async fn again(
        &mut self,
        backbone: &dyn Backbone,
        captures: &[StoredCapture],
        now: Timestamp,
    ) -> Result<Step, BackboneError> {
        self.work(backbone, None, captures, now).await
    }

    async fn work(
        &mut self,
        backbone: &dyn Backbone,
        from: Option<Seq>,
        captures: &[StoredCapture],
        now: Timestamp,
    ) -> Result<Step, BackboneError> {
        self.cache.age();
        let read: Vec<Read> =
            captures.iter().map(|capture| read(&self.sources, &*self.enrich, capture)).collect();
        self.load(backbone, &read).await?;
        let mut work = Work::new(from, now.as_microsecond(), backbone.step_limit());
        let (mut readable, mut taken) = (0, 0);
        for (capture, read) in captures.iter().zip(read) {
            let observations = read.outcome.as_ref().map_or(0, |read| read.observations.len());
            if taken > 0 && !work.has_room(observations) {
                break;
            }
            taken += 1;
            readable += u64::from(read.leaves());
            let mut mark = self.capture(backbone, capture, read, now, &mut work).await?;
            mark.again = from.is_none();
            work.done(mark);
        }
        let to = work.commit.to;
        Ok(Step { commits: work.end(&mut self.cache), to, captures: taken, readable })
    }

    /// Loads every state this step may need in one call.
    async fn load(&mut self, backbone: &dyn Backbone, read: &[Read]) -> Result<(), BackboneError> {
        let mut wanted: Vec<HistoryKey> = Vec::new();
        let mut seen: HashSet<HistoryKey> = HashSet::new();
        for normalized in read.iter().filter_map(|read| read.outcome.as_ref().ok()) {
            for observation in &normalized.observations {
                let links = observation.refs.iter().map(order_key);
                for key in std::iter::once(history_key(observation, 1)).chain(links) {
                    if !self.cache.contains(&key) && seen.insert(key.clone()) {
                        wanted.push(key);
                    }
                }
            }
        }
        self.fetch(backbone, wanted).await
    }

    async fn fetch(&mut self, backbone: &dyn Backbone, wanted: Vec<HistoryKey>) -> Result<(), BackboneError> {
        if wanted.is_empty() {
            return Ok(());
        }
        let found = backbone.load(wanted.clone()).await?;
        for (key, stored) in wanted.into_iter().zip(found) {
            let known = match stored {
                None => None,
                Some(stored) => {
                    let state =
                        State::read(key.kind, &stored.aux, stored.snapshot.as_deref()).map_err(|error| {
                            BackboneError::Broken(format!(
                                "state of {} {}: {error}",
                                key.kind.as_str(),
                                key.number
                            ))
                        })?;
                    Some(Known { version: stored.version, state })
                }
            };
            self.cache.put(key, known);
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments, reason = "the step's own bookkeeping, used in one place")]
    async fn capture(
        &mut self,
        backbone: &dyn Backbone,
        stored: &StoredCapture,
        read: Read,
        now: Timestamp,
        work: &mut Work,
    ) -> Result<IntakeMark, BackboneError> {
        let mut mark = IntakeMark {
            seq: read.seq,
            source: Arc::clone(&read.source),
            verdicts: Vec::new(),
            quarantine: None,
            issues: Vec::new(),
            again: false,
            partial: false,
        };
        let normalized = match read.outcome {
            Ok(normalized) => normalized,
            Err(reason) => {
                tracing::warn!(
                    source = &*read.source,
                    capture = read.seq,
                    kind = reason.kind,
                    "capture goes to quarantine"
                );
                mark.quarantine = Some(reason);
                return Ok(mark);
            }
        };
        mark.issues = normalized.issues.iter().map(|issue| issue.kind).collect();
        // Bytes to be mended come before what people have to answer, which is found again after the mending.
        let kept = normalized.issues.iter().filter(|issue| issue.kind.keeps());
        if let Some(kept) = kept.min_by_key(|issue| issue.kind != IssueKind::Malformed) {
            mark.quarantine = Some(reason(kept.kind.as_str(), Some(kept.path.clone()), kept.detail.clone()));
        }
        for object in normalized.fetch {
            work.commit.nudges.push(NewNudge {
                source: Arc::clone(&read.source),
                kind: object.kind,
                object: object.id,
                capture: Some(read.seq),
            });
            mark.verdicts.push(ObservationMark { verdict: embedded::FETCHING, reason: "", history: None });
        }
        if let Some(reason) = normalized.ignored {
            mark.verdicts.push(ObservationMark { verdict: Verdict::Ignored.as_str(), reason, history: None });
        }
        let raw_sha256 = crossdock_connector::sign::hex(&Sha256::digest(&stored.capture.body));
        let rules = Arc::clone(&self.rules);
        let tenant = Arc::clone(&self.tenant);
        let cx = Context {
            tenant: &tenant,
            now,
            capture: u64::try_from(read.seq).unwrap_or_default(),
            received_at: stored.capture.received_at,
            channel: stored.capture.channel,
            raw_sha256: &raw_sha256,
            class: stored.class,
            rules: &rules,
        };
        let siblings = parcels_of(&normalized.observations);
        for observation in normalized.observations {
            if !work.has_room(1) {
                work.cut(&mut self.cache, &mut mark);
            }
            let mut next = Some((observation, 1));
            let mut mark_of: Option<ObservationMark> = None;
            while let Some((observation, instance)) = next.take() {
                let key = history_key(&observation, instance);
                if !self.cache.contains(&key) {
                    self.fetch(backbone, vec![key.clone()]).await?;
                }
                let refs = observation.refs.clone();
                let (decided, spill) = self.one(stored, observation, &key, &siblings, &cx, work);
                self.link(&refs, &key, work);
                next = spill.map(|spill| (spill, instance + 1));
                // A spill is the same observation told on: the ledger counts it once, where it told something new.
                if mark_of.as_ref().is_none_or(|earlier| earlier.verdict != Verdict::Folded.as_str()) {
                    mark_of = Some(decided);
                }
            }
            mark.verdicts.extend(mark_of);
        }
        Ok(mark)
    }

    /// Folds one observation.
    #[allow(clippy::too_many_arguments, reason = "the step's own bookkeeping, used in one place")]
    fn one(
        &mut self,
        stored: &StoredCapture,
        observation: Observation,
        key: &HistoryKey,
        siblings: &[(OrderRef, String)],
        cx: &Context<'_>,
        work: &mut Work,
    ) -> (ObservationMark, Option<Observation>) {
        let links: Vec<HistoryKey> = observation.refs.iter().map(order_key).collect();
        let known = self.cache.get(key).and_then(Clone::clone);
        let version = known.as_ref().map_or(0, |known| known.version);
        let mut state = known.map(|known| known.state);
        if key.kind == HistoryKind::Order {
            // Parcels told in the same breath are known before the order says that it was shipped.
            for (_, parcel) in siblings.iter().filter(|(of, _)| order_key(of) == *key) {
                if let Some(state) = &mut state {
                    state.link_parcel(parcel);
                }
            }
        }
        let existed = state.is_some();
        let span = child_span("fold", stored.traceparent.as_deref());
        let decision = span.in_scope(|| history::fold(state, observation, cx));
        let verdict = decision.verdict.as_str();
        let spill = decision.spill;
        let mut mark =
            ObservationMark { verdict, reason: decision.reason.unwrap_or(""), history: Some(key.clone()) };
        if let Some(state) = decision.state {
            let published = state.key();
            work.entry(key, version, || published);
            let Work { changed, commit, .. } = &mut *work;
            let Some(entry) = changed.get_mut(key) else { return (mark, spill) };
            if decision.changed_snapshot || !decision.events.is_empty() || !existed {
                entry.snapshot = Some(state.snapshot().into());
            }
            for link in links {
                if !entry.links.contains(&link) {
                    entry.links.push(link);
                }
            }
            if let Some(snapshot) = &entry.snapshot {
                for event in decision.events {
                    let data = match self.looks {
                        true => data_of(key, snapshot, &event.extra),
                        false => String::new(),
                    };
                    let subject = Subject {
                        event_type: event.event_type,
                        class: stored.class,
                        platform: &key.platform,
                        shop: &key.shop,
                        source: &stored.source,
                        data: &data,
                    };
                    for (sink, filter) in &self.sinks {
                        if filter.takes(&subject) {
                            *commit.matched.entry(Arc::clone(sink)).or_default() += 1;
                        }
                    }
                    entry.events.push(EventWrite {
                        id: event.id,
                        event_type: event.event_type,
                        time: event.time.to_string(),
                        sequence: event.sequence,
                        class: stored.class,
                        capture: stored.seq,
                        idem_key: event.idem_key,
                        traceparent: stored.traceparent.clone(),
                        snapshot: Arc::clone(snapshot),
                        extra: event.extra,
                    });
                }
            }
            // The version it will have once this step is committed.
            let version = entry.expected + 1;
            self.cache.put(key.clone(), Some(Known { version, state }));
        } else if !existed && spill.is_none() {
            mark.history = None;
        }
        (mark, spill)
    }

    /// Tells orders that exist which parcels they have, so that `order.shipped` can name them.
    fn link(&mut self, refs: &[OrderRef], parcel: &HistoryKey, work: &mut Work) {
        if parcel.kind != HistoryKind::Parcel {
            return;
        }
        // Of a number that is used again, the use that these scans belong to.
        let Some(Some(known)) = self.cache.get(parcel) else { return };
        let published = known.state.key();
        for key in refs.iter().map(order_key) {
            let Some(Some(known)) = self.cache.get(&key) else { continue };
            let mut known = known.clone();
            if !known.state.link_parcel(&published) {
                continue;
            }
            let version = known.version;
            let entry =
                work.entry(&key, version, || identity::order_key(&key.platform, &key.shop, &key.number));
            known.version = entry.expected + 1;
            self.cache.put(key, Some(known));
        }
    }
}
