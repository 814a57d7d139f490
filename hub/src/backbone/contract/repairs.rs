//! What people repair, and what they ask.

use crossdock_schemas::HistoryKind;

use super::given::*;
use super::*;

/// A capture in quarantine, beside one that was folded.
async fn one_bad(backbone: &dyn Backbone) -> Vec<StoredCapture> {
    let captures = captured(backbone, "shop", 2).await;
    let mut commit = step(0, &captures, vec![state("1", 0, &["{}"])]);
    commit.marks[1] = bad(&captures[1]);
    backbone.commit(commit).await.unwrap();
    captures
}

fn again(capture: &StoredCapture, states: Vec<StateWrite>) -> Commit {
    let mut commit = Commit { from: None, to: 0, ..step(0, std::slice::from_ref(capture), states) };
    commit.marks[0].again = true;
    commit
}

pub(super) async fn folding_again_takes_a_capture_out_of_quarantine_once(mut made: Made) {
    let captures = one_bad(&*made.backbone).await;
    made.crash().await;
    let rows = quarantine(&*made.backbone).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].capture, rows[0].source.as_str(), rows[0].topic.as_str()),
        (captures[1].seq, "shop", "orders/paid")
    );
    assert_eq!(rows[0].reason, reason("malformed"));
    let kept = made.backbone.captures(vec![captures[1].seq]).await.unwrap();
    assert_eq!(kept[0].capture.body, captures[1].capture.body);
    let commit = again(&captures[1], vec![state("2", 0, &["{}"])]);
    made.backbone.commit(commit.clone()).await.unwrap();
    assert!(quarantine(&*made.backbone).await.is_empty());
    let before = picture(&*made.backbone).await;
    assert!(matches!(made.backbone.commit(commit).await, Err(BackboneError::Conflict(_))));
    // Nor can one that never was in quarantine be folded again.
    let folded = again(&captures[0], vec![state("3", 0, &["{}"])]);
    assert!(matches!(made.backbone.commit(folded).await, Err(BackboneError::Conflict(_))));
    assert_eq!(picture(&*made.backbone).await, before);
    let ledger = ledger(&*made.backbone).await;
    assert!(ledger.balanced, "{ledger:?}");
    assert_eq!(
        (ledger.sources[0].captured, ledger.sources[0].folded, ledger.sources[0].quarantined),
        (2, 2, 0)
    );
    assert_eq!(
        made.backbone.intake_position().await.unwrap(),
        captures[1].seq,
        "repairs do not move the intake"
    );
}

pub(super) async fn a_capture_that_is_still_bad_stays(made: Made) {
    let captures = one_bad(&*made.backbone).await;
    let mut commit = again(&captures[1], Vec::new());
    commit.marks[0] =
        IntakeMark { again: true, quarantine: Some(reason("unsupported")), ..bad(&captures[1]) };
    made.backbone.commit(commit).await.unwrap();
    let rows = quarantine(&*made.backbone).await;
    assert_eq!(rows.iter().map(|row| row.reason.kind.as_str()).collect::<Vec<_>>(), ["unsupported"]);
    let ledger = ledger(&*made.backbone).await;
    assert!(ledger.balanced);
    assert_eq!((ledger.sources[0].captured, ledger.sources[0].quarantined), (2, 1));
}

pub(super) async fn half_a_capture_is_counted_once(made: Made) {
    let captures = captured(&*made.backbone, "shop", 1).await;
    let mut commit = step(0, &captures, vec![state("1", 0, &["{}"])]);
    commit.marks[0].quarantine = Some(reason("malformed"));
    made.backbone.commit(commit).await.unwrap();
    let now = ledger(&*made.backbone).await;
    assert!(now.balanced);
    assert_eq!((now.sources[0].captured, now.sources[0].folded, now.sources[0].quarantined), (1, 1, 0));
    assert_eq!(quarantine(&*made.backbone).await.len(), 1, "it is kept all the same");
    // Mended: the half that was good is a duplicate now, the other is folded.
    let mut commit = again(&captures[0], vec![state("2", 0, &["{}"])]);
    let duplicate = ObservationMark { verdict: "duplicate", reason: "", history: Some(order("1")) };
    commit.marks[0].verdicts.push(duplicate);
    made.backbone.commit(commit).await.unwrap();
    let now = ledger(&*made.backbone).await;
    assert!(now.balanced, "{now:?}");
    assert_eq!((now.sources[0].folded, now.sources[0].duplicate), (2, 1));
    assert!(quarantine(&*made.backbone).await.is_empty());
}

pub(super) async fn dropping_is_counted(mut made: Made) {
    let captures = one_bad(&*made.backbone).await;
    let drop = || Repair::DropQuarantine(vec![captures[1].seq, captures[0].seq, 999_999]);
    assert_eq!(made.backbone.repair(drop()).await.unwrap(), 1);
    assert_eq!(made.backbone.repair(drop()).await.unwrap(), 0);
    made.crash().await;
    assert!(quarantine(&*made.backbone).await.is_empty());
    let ledger = ledger(&*made.backbone).await;
    assert!(ledger.balanced);
    assert_eq!(ledger.sources[0].ignored_by_reason["dropped_by_operator"], 1);
}

pub(super) async fn retiring_spares_what_is_still_needed(mut made: Made) {
    // Two folded, one in quarantine, one folded but young, one not folded.
    let batch = (0..5)
        .map(|at| NewCapture { received_at: NOW + i64::from(at == 3) * 1000, ..capture("shop", "body") });
    let seqs = made.backbone.capture(batch.collect()).await.unwrap();
    let captures = made.backbone.intake(0, 10, usize::MAX).await.unwrap();
    let mut commit = step(0, &captures[..4], vec![state("1", 0, &["{}"])]);
    commit.marks[2] = bad(&captures[2]);
    made.backbone.commit(commit).await.unwrap();
    let before = ledger(&*made.backbone).await;
    let retire = |limit| Repair::Retire { before: NOW + 500, limit };
    assert_eq!(made.backbone.repair(retire(1)).await.unwrap(), 1, "in bounded steps");
    assert_eq!(made.backbone.repair(retire(10)).await.unwrap(), 1);
    assert_eq!(made.backbone.repair(retire(10)).await.unwrap(), 0);
    made.crash().await;
    let left = made.backbone.captures(seqs.clone()).await.unwrap();
    assert_eq!(left.iter().map(|capture| capture.seq).collect::<Vec<_>>(), seqs[2..]);
    assert_eq!(ledger(&*made.backbone).await, before, "what happened stays counted");
    let again = made.backbone.capture(vec![capture("shop", "next")]).await.unwrap();
    assert!(again[0] > seqs[4], "numbers are not used twice");
}

pub(super) async fn timelines_tell_who_said_what(mut made: Made) {
    let captures = captured(&*made.backbone, "shop", 3).await;
    let parcel = HistoryKey {
        kind: HistoryKind::Parcel,
        platform: "sf".into(),
        shop: "".into(),
        number: "SF1".into(),
    };
    let mut write = StateWrite { key: parcel.clone(), ..state("SF1", 0, &["{}"]) };
    // The parcel is known before its order.
    write.links.push(order("1"));
    write.links.push(order("1"));
    made.backbone.commit(step(0, &captures[..1], vec![write])).await.unwrap();
    let mut paid = state("1", 0, &["{}"]);
    paid.events[0].capture = captures[1].seq;
    let mut commit = step(captures[0].seq, &captures[1..], vec![paid]);
    commit.marks[1].verdicts[0].verdict = "duplicate";
    made.backbone.commit(commit).await.unwrap();
    made.crash().await;
    let ask = |key: HistoryKey| {
        let backbone = Arc::clone(&made.backbone);
        async move {
            let Answer::Timeline(told) = backbone.ask(Question::Timeline(key)).await.unwrap() else {
                panic!()
            };
            told
        }
    };
    let told = ask(order("1")).await.unwrap();
    assert_eq!((told.key, told.published.as_str(), told.state.version), (order("1"), "o1-1", 1));
    let said: Vec<(Seq, &str)> =
        told.captures.iter().map(|capture| (capture.seq, capture.verdict.as_str())).collect();
    assert_eq!(said, [(captures[1].seq, "folded"), (captures[2].seq, "duplicate")]);
    assert_eq!(told.events.iter().map(|stored| stored.event.id.as_str()).collect::<Vec<_>>(), ["e1-1-1-0"]);
    assert_eq!(told.linked, std::slice::from_ref(&parcel));
    assert_eq!(ask(parcel.clone()).await.unwrap().linked, [order("1")]);
    assert!(ask(order("2")).await.is_none());
    let find = |platform: &str, number: &str| Question::Find {
        kind: HistoryKind::Order,
        platform: platform.into(),
        shop: String::new(),
        number: number.into(),
    };
    for (platform, number, count) in [("", "1", 1), ("demo", "1", 1), ("else", "1", 0), ("", "SF1", 0)] {
        let Answer::Found(found) = made.backbone.ask(find(platform, number)).await.unwrap() else { panic!() };
        assert_eq!(found, vec![order("1"); count], "{platform} {number}");
    }
}
