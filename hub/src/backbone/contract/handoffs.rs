//! Places of sinks: kept to the event, whatever order things end in.

use super::given::*;
use super::*;

fn held(seq: Seq) -> HeldHandoff {
    HeldHandoff {
        seq,
        key: format!("k{seq}"),
        attempts: 2,
        next_at: NOW + 5,
        first_at: NOW,
        ..HeldHandoff::default()
    }
}

fn parked(seq: Seq) -> Parked {
    Parked {
        seq,
        key: format!("k{seq}"),
        attempts: 3,
        first_at: NOW,
        reason: "rejected",
        detail: "no such field".into(),
    }
}

fn at_erp() -> ParkedFilter {
    ParkedFilter { sink: Some("erp".into()), ..ParkedFilter::default() }
}

async fn place(backbone: &dyn Backbone, sink: &str) -> SinkPlace {
    backbone.open_sink(sink.into(), String::new()).await.unwrap()
}

async fn line(backbone: &dyn Backbone, sink: &str) -> crate::ledger::SinkLine {
    let ledger = ledger(backbone).await;
    assert!(ledger.balanced, "{ledger:?}");
    ledger.sinks.into_iter().find(|line| line.sink == sink).unwrap()
}

pub(super) async fn a_place_starts_at_the_beginning_and_survives(mut made: Made) {
    let fresh = place(&*made.backbone, "erp").await;
    assert_eq!((fresh.low, fresh.done.len(), fresh.held.len()), (0, 0, 0));
    let seqs = with_events(&*made.backbone, &["erp"], 6).await;
    let settle = Settle {
        sink: "erp".into(),
        low: seqs[0],
        done: vec![seqs[2], seqs[3], seqs[4]],
        delivered: vec![seqs[0]],
        already: vec![seqs[2]],
        held: vec![held(seqs[3])],
        parked: vec![parked(seqs[4])],
        attempts: vec![Attempt { seq: seqs[3], attempt: 2, outcome: "retry", detail: "busy".into() }],
        at: NOW,
        ..Settle::default()
    };
    made.backbone.settle(settle).await.unwrap();
    for _ in 0..2 {
        let now = place(&*made.backbone, "erp").await;
        assert_eq!((now.low, now.done), (seqs[0], vec![seqs[2], seqs[3], seqs[4]]));
        assert_eq!(now.held, [held(seqs[3])]);
        made.crash().await;
    }
    // The one that was held is delivered: its row goes.
    let settle = Settle {
        sink: "erp".into(),
        low: seqs[5],
        delivered: vec![seqs[1], seqs[3], seqs[5]],
        at: NOW + 9,
        ..Settle::default()
    };
    made.backbone.settle(settle).await.unwrap();
    made.crash().await;
    let now = place(&*made.backbone, "erp").await;
    assert_eq!((now.low, now.done.len(), now.held.len()), (seqs[5], 0, 0));
    let line = line(&*made.backbone, "erp").await;
    assert_eq!(
        (line.matched, line.delivered, line.already_there, line.parked, line.pending),
        (6, 4, 1, 1, 0)
    );
}

pub(super) async fn a_sink_must_be_opened(made: Made) {
    let settle = Settle { sink: "nobody".into(), low: 1, ..Settle::default() };
    assert!(made.backbone.settle(settle).await.is_err());
    // And nothing is broken by that.
    made.backbone.capture(vec![capture("shop", "1")]).await.unwrap();
}

pub(super) async fn what_was_parked_comes_back_when_people_say_so(mut made: Made) {
    let seqs = with_events(&*made.backbone, &["erp"], 3).await;
    let settle = Settle {
        sink: "erp".into(),
        low: seqs[2],
        parked: seqs.iter().map(|seq| parked(*seq)).collect(),
        at: NOW,
        ..Settle::default()
    };
    made.backbone.settle(settle).await.unwrap();
    let question = || Question::Parked { which: at_erp(), after: None, limit: 10 };
    let Answer::Parked(rows) = made.backbone.ask(question()).await.unwrap() else { panic!() };
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), seqs);
    assert_eq!(
        (rows[0].reason.as_str(), rows[0].detail.as_str(), rows[0].attempts),
        ("rejected", "no such field", 3)
    );
    assert_eq!((rows[1].number.as_str(), rows[1].event_type.as_str()), ("w1", "order.paid"));
    assert!(place(&*made.backbone, "erp").await.held.is_empty(), "what is parked waits for people only");

    let mut heads = made.backbone.heads();
    heads.repairs.mark_unchanged();
    let retry = |seq| Repair::RetryParked { items: vec![("erp".into(), seq)], at: NOW + 60 };
    assert_eq!(made.backbone.repair(retry(seqs[1])).await.unwrap(), 1);
    heads.repairs.changed().await.unwrap();
    assert_eq!(made.backbone.repair(retry(seqs[1])).await.unwrap(), 0, "it is no longer parked");
    assert_eq!(
        made.backbone
            .repair(Repair::DropParked { items: vec![("erp".into(), seqs[2])], at: NOW + 61 })
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        made.backbone
            .repair(Repair::DropParked { items: vec![("erp".into(), seqs[2])], at: NOW + 61 })
            .await
            .unwrap(),
        0
    );
    assert_eq!(made.backbone.repair(retry(seqs[2])).await.unwrap(), 0, "dropped is for good");
    made.crash().await;
    let now = place(&*made.backbone, "erp").await;
    let again = HeldHandoff {
        seq: seqs[1],
        key: format!("k{}", seqs[1]),
        attempts: 0,
        next_at: NOW + 60,
        first_at: NOW + 60,
        ..HeldHandoff::default()
    };
    assert_eq!(now.held, [again]);
    let found = line(&*made.backbone, "erp").await;
    assert_eq!((found.parked, found.pending, found.dropped), (1, 1, 1));
    let settle = Settle { sink: "erp".into(), low: seqs[2], already: vec![seqs[1]], ..Settle::default() };
    made.backbone.settle(settle).await.unwrap();
    assert_eq!(line(&*made.backbone, "erp").await.pending, 0);
}

pub(super) async fn a_new_filter_counts_anew(made: Made) {
    let seqs = with_events(&*made.backbone, &["erp"], 4).await;
    let settle = Settle { sink: "erp".into(), low: seqs[0], delivered: vec![seqs[0]], ..Settle::default() };
    made.backbone.settle(settle).await.unwrap();
    let none = crate::handoff::filter::Filter { events: vec!["milestone.*".into()], ..Default::default() };
    let now = made.backbone.open_sink("erp".into(), none.to_text()).await.unwrap();
    assert_eq!(now.low, seqs[0], "another filter does not move the place");
    let found = line(&*made.backbone, "erp").await;
    assert_eq!((found.matched, found.delivered, found.pending), (1, 1, 0));
    place(&*made.backbone, "erp").await;
    let found = line(&*made.backbone, "erp").await;
    assert_eq!((found.matched, found.delivered, found.pending), (4, 1, 3));
}

pub(super) async fn sinks_do_not_feel_each_other(mut made: Made) {
    let seqs = with_events(&*made.backbone, &["erp", "crm"], 3).await;
    let all = Settle { sink: "crm".into(), low: seqs[2], delivered: seqs.clone(), ..Settle::default() };
    made.backbone.settle(all).await.unwrap();
    let settle = Settle { sink: "erp".into(), low: seqs[0], held: vec![held(seqs[0])], ..Settle::default() };
    made.backbone.settle(settle).await.unwrap();
    made.backbone
        .repair(Repair::DropParked { items: vec![("crm".into(), seqs[0])], at: NOW + 61 })
        .await
        .unwrap();
    made.crash().await;
    assert_eq!(place(&*made.backbone, "erp").await.held, [held(seqs[0])]);
    assert_eq!(place(&*made.backbone, "crm").await.low, seqs[2]);
    assert_eq!(line(&*made.backbone, "erp").await.pending, 3);
    assert_eq!(line(&*made.backbone, "crm").await.delivered, 3);
}
