//! Random calls and crashes against a model small enough to be right by looking at it.

use std::collections::BTreeMap;
use std::future::Future;

use proptest::prelude::*;

use super::given::*;
use super::*;

#[derive(Clone, Debug)]
enum Call {
    /// So many captures of one of two sources.
    Capture(usize, bool),
    /// Folds the next captures into these histories; or tries to, on a version or a place that is not right.
    Commit {
        take: usize,
        numbers: Vec<u8>,
        bad: bool,
        wrong_version: bool,
        wrong_place: bool,
    },
    /// Folds again whatever is in quarantine.
    Again,
    /// Settles the next events of the sink: delivered, had, held, parked by turns from `first`.
    Settle {
        take: usize,
        first: usize,
    },
    /// Delivers what is held.
    DeliverHeld,
    /// Hands the parking lot off again.
    Unpark,
    Crash,
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let commit = (0_usize..4, proptest::collection::vec(0_u8..5, 0..4), any::<bool>(), 0_u8..8).prop_map(
        |(take, numbers, bad, luck)| Call::Commit {
            take,
            numbers,
            bad,
            wrong_version: luck == 0,
            wrong_place: luck == 1,
        },
    );
    let call = prop_oneof![
        4 => (1_usize..4, any::<bool>()).prop_map(|(count, second)| Call::Capture(count, second)),
        6 => commit,
        1 => Just(Call::Again),
        3 => (0_usize..5, 0_usize..4).prop_map(|(take, first)| Call::Settle { take, first }),
        1 => Just(Call::DeliverHeld),
        1 => Just(Call::Unpark),
        2 => Just(Call::Crash),
    ];
    proptest::collection::vec(call, 1..40)
}

#[derive(Default)]
struct Model {
    captures: Vec<(Seq, &'static str)>,
    folded: usize,
    quarantine: Vec<Seq>,
    versions: BTreeMap<u8, i64>,
    events: Vec<String>,
    /// Events the sink has looked at, and what became of them.
    settled: usize,
    delivered: u64,
    already: u64,
    held: Vec<Seq>,
    parked: Vec<Seq>,
}

pub(super) fn agrees<F: Future<Output = Made>>(make: fn() -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(calls in calls())| {
        runtime.block_on(async {
            let mut made = make().await;
            made.backbone.open_sink("erp".into(), String::new()).await.unwrap();
            let mut model = Model::default();
            for call in &calls {
                model.step(&mut made, call).await;
                model.check(&*made.backbone).await;
            }
        });
    });
}

impl Model {
    async fn step(&mut self, made: &mut Made, call: &Call) {
        match call {
            Call::Capture(count, second) => {
                let source = if *second { "shop-b" } else { "shop-a" };
                let batch = (0..*count).map(|_| capture(source, "{}")).collect();
                let seqs = made.backbone.capture(batch).await.unwrap();
                self.captures.extend(seqs.into_iter().map(|seq| (seq, source)));
            }
            Call::Commit { .. } => self.commit(&*made.backbone, call).await,
            Call::Again => {
                for seq in std::mem::take(&mut self.quarantine) {
                    let found = made.backbone.captures(vec![seq]).await.unwrap();
                    let mut commit = Commit { from: None, to: 0, ..step(0, &found, Vec::new()) };
                    commit.marks[0].again = true;
                    made.backbone.commit(commit).await.unwrap();
                }
            }
            Call::Settle { take, first } => self.settle(&*made.backbone, *take, *first).await,
            Call::DeliverHeld => {
                let delivered = std::mem::take(&mut self.held);
                self.delivered += u64::try_from(delivered.len()).unwrap();
                let low = self.low(&*made.backbone).await;
                let settle = Settle { sink: "erp".into(), low, delivered, ..Settle::default() };
                made.backbone.settle(settle).await.unwrap();
            }
            Call::Unpark => {
                let items = self.parked.iter().map(|seq| ("erp".to_owned(), *seq)).collect();
                let count = made.backbone.repair(Repair::RetryParked { items, at: NOW }).await.unwrap();
                assert_eq!(count, u64::try_from(self.parked.len()).unwrap());
                self.held.append(&mut self.parked);
                self.held.sort_unstable();
            }
            Call::Crash => made.crash().await,
        }
    }

    async fn commit(&mut self, backbone: &dyn Backbone, call: &Call) {
        let Call::Commit { take, numbers, bad: is_bad, wrong_version, wrong_place } = call else { return };
        let from = if self.folded == 0 { 0 } else { self.captures[self.folded - 1].0 };
        let captures = backbone.intake(from, *take, usize::MAX).await.unwrap();
        let mut numbers = numbers.clone();
        numbers.sort_unstable();
        numbers.dedup();
        let states: Vec<StateWrite> = numbers
            .iter()
            .map(|number| {
                let at = self.versions.get(number).copied().unwrap_or_default();
                let wrong = i64::from(*wrong_version && Some(number) == numbers.last());
                state(&number.to_string(), at + wrong, &["{}"])
            })
            .collect();
        let ids: Vec<String> =
            states.iter().flat_map(|state| &state.events).map(|event| event.id.clone()).collect();
        let mut commit = step(from + i64::from(*wrong_place), &captures, states);
        commit.matched.insert("erp".into(), u64::try_from(ids.len()).unwrap());
        if let (true, Some(capture)) = (*is_bad, captures.first()) {
            commit.marks[0] = bad(capture);
        }
        let result = backbone.commit(commit).await;
        if *wrong_place || (*wrong_version && !numbers.is_empty()) {
            assert!(matches!(result, Err(BackboneError::Conflict(_))), "{result:?}");
            return;
        }
        result.unwrap();
        self.folded += captures.len();
        if let (true, Some(capture)) = (*is_bad, captures.first()) {
            self.quarantine.push(capture.seq);
        }
        for number in numbers {
            *self.versions.entry(number).or_default() += 1;
        }
        self.events.extend(ids);
    }

    /// The place of the last event the sink has looked at.
    async fn low(&self, backbone: &dyn Backbone) -> Seq {
        let events = backbone.events(0, self.settled).await.unwrap();
        events.last().map_or(0, |last| last.seq)
    }

    async fn settle(&mut self, backbone: &dyn Backbone, take: usize, first: usize) {
        let low = self.low(backbone).await;
        let next = backbone.events(low, take).await.unwrap();
        let mut settle = Settle {
            sink: "erp".into(),
            low: next.last().map_or(low, |last| last.seq),
            at: NOW,
            ..Settle::default()
        };
        for (at, stored) in next.iter().enumerate() {
            let (seq, key) = (stored.seq, stored.event.key.clone());
            match (first + at) % 4 {
                0 => settle.delivered.push(seq),
                1 => settle.already.push(seq),
                2 => settle.held.push(HeldHandoff {
                    seq,
                    key,
                    attempts: 1,
                    next_at: NOW,
                    first_at: NOW,
                    ..HeldHandoff::default()
                }),
                _ => settle.parked.push(Parked {
                    seq,
                    key,
                    attempts: 1,
                    first_at: NOW,
                    reason: "gave_up",
                    detail: String::new(),
                }),
            }
        }
        self.settled += next.len();
        self.delivered += u64::try_from(settle.delivered.len()).unwrap();
        self.already += u64::try_from(settle.already.len()).unwrap();
        self.held.extend(settle.held.iter().map(|held| held.seq));
        self.held.sort_unstable();
        self.parked.extend(settle.parked.iter().map(|parked| parked.seq));
        backbone.settle(settle).await.unwrap();
    }

    async fn check(&self, backbone: &dyn Backbone) {
        let at = if self.folded == 0 { 0 } else { self.captures[self.folded - 1].0 };
        assert_eq!(backbone.intake_position().await.unwrap(), at);
        let waiting = backbone.intake(at, usize::MAX, usize::MAX).await.unwrap();
        let waiting: Vec<(Seq, &str)> =
            waiting.iter().map(|capture| (capture.seq, &*capture.source)).collect();
        assert_eq!(waiting, self.captures[self.folded..]);
        for number in 0..5 {
            let model = self.versions.get(&number).copied().unwrap_or_default();
            assert_eq!(version(backbone, &number.to_string()).await, model);
        }
        let events = backbone.events(0, usize::MAX).await.unwrap();
        assert_eq!(events.iter().map(|stored| stored.event.id.clone()).collect::<Vec<_>>(), self.events);
        let rows = quarantine(backbone).await;
        assert_eq!(rows.iter().map(|row| row.capture).collect::<Vec<_>>(), self.quarantine);
        let place = backbone.open_sink("erp".into(), String::new()).await.unwrap();
        assert_eq!(place.held.iter().map(|held| held.seq).collect::<Vec<_>>(), self.held);
        let ledger = ledger(backbone).await;
        assert!(ledger.balanced, "{ledger:?}");
        let captured: u64 = ledger.sources.iter().map(|line| line.captured).sum();
        assert_eq!(captured, u64::try_from(self.captures.len()).unwrap());
        let line = &ledger.sinks[0];
        let pending = self.events.len() - self.settled + self.held.len();
        let told = (line.matched, line.delivered, line.already_there, line.parked, line.pending);
        let count = |count: usize| u64::try_from(count).unwrap();
        assert_eq!(
            told,
            (
                count(self.events.len()),
                self.delivered,
                self.already,
                count(self.parked.len()),
                count(pending)
            )
        );
    }
}
