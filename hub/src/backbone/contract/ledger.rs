//! Promise 1 at the level of the store: both sides are counted on their own and are equal.

use super::given::*;
use super::*;

/// Every way in which one of four events can stand, and every place the sink may have reached.
pub(super) async fn balances_wherever_a_sink_stands(mut made: Made) {
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Stands {
        Open,
        Delivered,
        Already,
        Held,
        Parked,
    }
    const WAYS: [Stands; 5] =
        [Stands::Open, Stands::Delivered, Stands::Already, Stands::Held, Stands::Parked];
    let names: Vec<String> = (0..625).map(|at| format!("sink-{at}")).collect();
    let sinks: Vec<&str> = names.iter().map(String::as_str).collect();
    let seqs = with_events(&*made.backbone, &sinks, 4).await;
    let mut calls = tokio::task::JoinSet::new();
    for (at, sink) in names.iter().enumerate() {
        let stands: Vec<Stands> = (0..4).map(|place| WAYS[at / 5_usize.pow(place) % 5]).collect();
        let pick = |way: Stands| -> Vec<Seq> {
            seqs.iter().zip(&stands).filter(|(_, stands)| **stands == way).map(|(seq, _)| *seq).collect()
        };
        let low = pick(Stands::Open).first().map_or(seqs[3], |first| first - 1);
        let settle = Settle {
            sink: sink.as_str().into(),
            low,
            // What has a row of its own may be named as out of the way, or not.
            done: seqs
                .iter()
                .zip(&stands)
                .filter(|(seq, way)| {
                    let named = at % 2 == 0 || **way != Stands::Held;
                    **seq > low && **way != Stands::Open && named
                })
                .map(|(seq, _)| *seq)
                .collect(),
            delivered: pick(Stands::Delivered),
            already: pick(Stands::Already),
            held: pick(Stands::Held)
                .into_iter()
                .map(|seq| HeldHandoff {
                    seq,
                    key: "k".into(),
                    attempts: 1,
                    next_at: NOW,
                    first_at: NOW,
                    ..HeldHandoff::default()
                })
                .collect(),
            parked: pick(Stands::Parked)
                .into_iter()
                .map(|seq| Parked {
                    seq,
                    key: "k".into(),
                    attempts: 1,
                    first_at: NOW,
                    reason: "gave_up",
                    detail: String::new(),
                })
                .collect(),
            attempts: Vec::new(),
            at: NOW,
            ..Settle::default()
        };
        let backbone = Arc::clone(&made.backbone);
        calls.spawn(async move { backbone.settle(settle).await.unwrap() });
    }
    calls.join_all().await;
    made.crash().await;
    let ledger = ledger(&*made.backbone).await;
    for (at, sink) in names.iter().enumerate() {
        let line = ledger.sinks.iter().find(|line| line.sink == *sink).unwrap();
        let stands: Vec<Stands> = (0..4).map(|place| WAYS[at / 5_usize.pow(place) % 5]).collect();
        let count =
            |ways: &[Stands]| u64::try_from(stands.iter().filter(|way| ways.contains(way)).count()).unwrap();
        let told = (line.delivered, line.already_there, line.parked, line.pending);
        let is = (
            count(&[Stands::Delivered]),
            count(&[Stands::Already]),
            count(&[Stands::Parked]),
            count(&[Stands::Open, Stands::Held]),
        );
        assert_eq!(told, is, "{stands:?}");
        assert!(line.balances(), "{stands:?}: {line:?}");
    }
}

pub(super) async fn balances_whatever_became_of_captures(made: Made) {
    let captures = captured(&*made.backbone, "shop", 6).await;
    let verdicts = ["folded", "duplicate", "stale", "ignored"];
    let mut commit = step(0, &captures[..5], vec![state("1", 0, &["{}"])]);
    for (mark, verdict) in commit.marks.iter_mut().zip(verdicts) {
        mark.verdicts[0].verdict = verdict;
    }
    // One capture held three observations, one of them unreadable; one could not be read at all.
    let more = commit.marks[0].verdicts[0].clone();
    commit.marks[0].verdicts.push(more);
    commit.marks[0].quarantine = Some(reason("malformed"));
    commit.marks[3].verdicts[0].reason = "adjustment";
    commit.marks[4] = bad(&captures[4]);
    made.backbone.commit(commit).await.unwrap();
    let ledger = ledger(&*made.backbone).await;
    let line = &ledger.sources[0];
    assert_eq!((line.folded, line.duplicate, line.stale, line.ignored), (2, 1, 1, 1));
    assert_eq!((line.quarantined, line.pending, line.captured), (1, 1, 7));
    assert_eq!(line.ignored_by_reason["adjustment"], 1);
    assert!(ledger.balanced);
}
