//! Commits: all or nothing, optimistic on versions, safe to repeat.

use super::given::*;
use super::*;

fn is_conflict(result: Result<()>) -> bool {
    match result {
        Ok(()) => false,
        Err(BackboneError::Conflict(_)) => true,
        Err(error) => panic!("neither done nor a conflict: {error}"),
    }
}

pub(super) async fn a_history_begins_and_goes_on(mut made: Made) {
    assert!(made.backbone.load(vec![order("1")]).await.unwrap()[0].is_none());
    let captures = captured(&*made.backbone, "shop", 3).await;
    let at = |index: usize| &captures[index..=index];
    made.backbone.commit(step(0, at(0), vec![state("1", 0, &["{\"v\":1}"])])).await.unwrap();
    // A change that people do not see leaves the snapshot as it was.
    let unseen = StateWrite { aux: "only remembered".into(), ..state("1", 1, &[]) };
    made.backbone.commit(step(captures[0].seq, at(1), vec![unseen])).await.unwrap();
    let read = made.backbone.load(vec![order("1"), order("2")]).await.unwrap();
    let known = read[0].as_ref().unwrap();
    assert_eq!((known.version, known.aux.as_str()), (2, "only remembered"));
    assert_eq!((known.snapshot.as_deref(), known.key.as_str()), (Some("{\"v\":1}"), "o1-1"));
    assert!(read[1].is_none());
    // A snapshot without an event is kept as well.
    let quiet = StateWrite { snapshot: Some("{\"v\":3}".into()), ..state("1", 2, &[]) };
    made.backbone.commit(step(captures[1].seq, at(2), vec![quiet])).await.unwrap();
    let before = picture(&*made.backbone).await;
    made.crash().await;
    assert_eq!(picture(&*made.backbone).await, before);
    let known = made.backbone.load(vec![order("1")]).await.unwrap().remove(0).unwrap();
    assert_eq!((known.version, known.snapshot.as_deref()), (3, Some("{\"v\":3}")));
    assert_eq!(made.backbone.intake_position().await.unwrap(), captures[2].seq);
    assert!(made.backbone.intake(captures[2].seq, 10, 1000).await.unwrap().is_empty());
}

pub(super) async fn several_events_of_a_step_keep_their_own_snapshots(mut made: Made) {
    let captures = captured(&*made.backbone, "shop", 2).await;
    let shared: Arc<str> = "{\"v\":2}".into();
    let mut write = state("1", 0, &["{\"v\":1}"]);
    write.events.extend((1..3).map(|at| event("1", 1, at, Arc::clone(&shared))));
    write.snapshot = Some(shared);
    for event in &mut write.events {
        event.capture = captures[1].seq;
    }
    made.backbone.commit(step(0, &captures, vec![write, state("2", 0, &["{\"v\":9}"])])).await.unwrap();
    made.crash().await;
    let events = made.backbone.events(0, 10).await.unwrap();
    let told: Vec<(&str, u64, &str)> = events
        .iter()
        .map(|stored| (stored.event.id.as_str(), stored.event.sequence, stored.event.data.get()))
        .collect();
    assert_eq!(
        told,
        [
            ("e1-1-1-0", 10, "{\"order\":{\"v\":1},\"revision\":1}"),
            ("e1-1-1-1", 11, "{\"order\":{\"v\":2},\"revision\":1}"),
            ("e1-1-1-2", 12, "{\"order\":{\"v\":2},\"revision\":1}"),
            ("e1-2-1-0", 10, "{\"order\":{\"v\":9},\"revision\":1}"),
        ]
    );
    let first = &events[0];
    assert_eq!((first.event.key.as_str(), first.event.platform.as_str()), ("o1-1", "demo"));
    assert_eq!((first.event.shop.as_str(), &*first.source, first.recorded_at), ("s1", "shop", NOW));
    let json: serde_json::Value = serde_json::from_slice(&first.json()).unwrap();
    assert_eq!((&json["id"], &json["data"]["order"]["v"]), (&"e1-1-1-0".into(), &1.into()));
    // By pieces and by number it is the same log.
    let mut at = 0;
    let mut pieces = Vec::new();
    loop {
        let piece = made.backbone.events(at, 1).await.unwrap();
        let Some(one) = piece.first() else { break };
        at = one.seq;
        pieces.push(one.json());
    }
    assert_eq!(pieces, events.iter().map(|stored| stored.json()).collect::<Vec<_>>());
    let picked = made.backbone.events_at(vec![events[2].seq, 999_999, events[0].seq]).await.unwrap();
    assert_eq!(picked.iter().map(|stored| stored.seq).collect::<Vec<_>>(), [events[2].seq, events[0].seq]);
}

pub(super) async fn a_wrong_place_changes_nothing(made: Made) {
    let captures = captured(&*made.backbone, "shop", 2).await;
    made.backbone.commit(step(0, &captures[..1], vec![state("1", 0, &["{}"])])).await.unwrap();
    let before = picture(&*made.backbone).await;
    for from in [0, captures[1].seq, 77] {
        let late = step(from, &captures[1..], vec![state("2", 0, &["{}"])]);
        assert!(is_conflict(made.backbone.commit(late).await), "from {from}");
    }
    assert_eq!(picture(&*made.backbone).await, before);
}

pub(super) async fn a_wrong_version_changes_nothing_of_the_whole_step(mut made: Made) {
    made.backbone.open_sink("erp".into(), String::new()).await.unwrap();
    let matched = |count: u64| std::collections::BTreeMap::from([(Arc::from("erp"), count)]);
    let captures = captured(&*made.backbone, "shop", 3).await;
    let first = step(0, &captures[..1], vec![state("1", 0, &["{}"])]);
    made.backbone.commit(Commit { matched: matched(1), ..first }).await.unwrap();
    let before = picture(&*made.backbone).await;
    for (number, expected) in [("1", 0), ("1", 2), ("3", 1)] {
        let mut good = state("2", 0, &["{\"new\":true}"]);
        good.links.push(order("9"));
        let mut commit = step(captures[0].seq, &captures[1..], vec![good, state(number, expected, &["{}"])]);
        commit.matched = matched(2);
        commit.marks[1].quarantine = Some(reason("malformed"));
        commit.marks[0].issues.push(crossdock_connector::IssueKind::BadValue);
        commit.nudges.push(NewNudge {
            source: "a-new-source".into(),
            kind: "order".into(),
            object: "1".into(),
            capture: Some(captures[1].seq),
        });
        assert!(is_conflict(made.backbone.commit(commit).await), "{number} at {expected}");
        assert_eq!(picture(&*made.backbone).await, before);
    }
    made.crash().await;
    assert_eq!(picture(&*made.backbone).await, before);
    // The right versions go through afterwards, a new source and shop among them.
    let elsewhere = HistoryKey { platform: "other".into(), ..order("2") };
    let states =
        vec![StateWrite { key: elsewhere.clone(), ..state("2", 0, &["{}"]) }, state("1", 1, &["{}"])];
    let rest = step(captures[0].seq, &captures[1..], states);
    made.backbone.commit(Commit { matched: matched(2), ..rest }).await.unwrap();
    assert!(made.backbone.load(vec![elsewhere]).await.unwrap()[0].is_some());
    assert!(ledger(&*made.backbone).await.balanced);
}

pub(super) async fn the_same_step_twice_is_one_step(mut made: Made) {
    let captures = captured(&*made.backbone, "shop", 2).await;
    let commit = step(0, &captures, vec![state("1", 0, &["{}"]), state("2", 0, &["{}"])]);
    let outside = aside(vec![state("1", 1, &["{\"again\":1}"])]);
    for commit in [commit, outside] {
        made.backbone.commit(commit.clone()).await.unwrap();
        let before = picture(&*made.backbone).await;
        assert!(is_conflict(made.backbone.commit(commit.clone()).await));
        made.crash().await;
        assert!(is_conflict(made.backbone.commit(commit).await));
        assert_eq!(picture(&*made.backbone).await, before);
    }
}

pub(super) async fn of_two_that_create_a_history_one_wins(made: Made) {
    for round in 0..10 {
        let number = format!("r{round}");
        let mut calls = tokio::task::JoinSet::new();
        for writer in 0..8 {
            let backbone = Arc::clone(&made.backbone);
            let write = StateWrite { aux: format!("writer {writer}"), ..state(&number, 0, &["{}"]) };
            calls.spawn(async move { (writer, is_conflict(backbone.commit(aside(vec![write])).await)) });
        }
        let winners: Vec<i32> =
            calls.join_all().await.into_iter().filter(|(_, lost)| !lost).map(|(writer, _)| writer).collect();
        assert_eq!(winners.len(), 1, "{winners:?}");
        let known = made.backbone.load(vec![order(&number)]).await.unwrap().remove(0).unwrap();
        assert_eq!((known.version, known.aux), (1, format!("writer {}", winners[0])));
    }
    assert_eq!(made.backbone.events(0, 100).await.unwrap().len(), 10);
}

pub(super) async fn racing_writers_lose_no_step(mut made: Made) {
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let backbone = Arc::clone(&made.backbone);
        calls.spawn(async move {
            let mut done = 0;
            while done < 10 {
                let at = version(&*backbone, "1").await;
                done += i32::from(!is_conflict(backbone.commit(aside(vec![state("1", at, &["{}"])])).await));
            }
        });
    }
    calls.join_all().await;
    made.crash().await;
    assert_eq!(version(&*made.backbone, "1").await, 60);
    let events = made.backbone.events(0, 1000).await.unwrap();
    let sequences: Vec<u64> = events.iter().map(|stored| stored.event.sequence).collect();
    assert_eq!(sequences, (1..=60).map(|revision| revision * 10).collect::<Vec<_>>());
}

pub(super) async fn a_conflict_leaves_its_neighbours_alone(mut made: Made) {
    // All of these may fall into one transaction of the backbone.
    let mut calls = tokio::task::JoinSet::new();
    for at in 0..60 {
        let backbone = Arc::clone(&made.backbone);
        calls.spawn(async move {
            let stale = at % 3 == 1;
            let number = format!("n{at}");
            let shop: Arc<str> = format!("shop-{}", at % 7).into();
            let mut write = state(&number, i64::from(stale), &["{}"]);
            write.key.shop = Arc::clone(&shop);
            let first = StateWrite {
                key: HistoryKey { shop, ..order(&format!("m{at}")) },
                ..state(&format!("m{at}"), 0, &["{}"])
            };
            assert_eq!(is_conflict(backbone.commit(aside(vec![first, write])).await), stale);
        });
    }
    calls.join_all().await;
    made.crash().await;
    let events = made.backbone.events(0, 1000).await.unwrap();
    assert_eq!(events.len(), 80);
    for at in 0..60 {
        let key = |letter: &str| HistoryKey {
            shop: format!("shop-{}", at % 7).into(),
            ..order(&format!("{letter}{at}"))
        };
        let found = made.backbone.load(vec![key("n"), key("m")]).await.unwrap();
        assert!(found.iter().all(|state| state.is_some() == (at % 3 != 1)), "{at}");
    }
}

pub(super) async fn numbers_stay_dense_after_conflicts(made: Made) {
    for round in 0..5 {
        made.backbone.commit(aside(vec![state(&format!("a{round}"), 0, &["{}", "{}"])])).await.unwrap();
        let many = vec!["{}"; 50];
        let stale = aside(vec![state(&format!("b{round}"), 0, &many), state("a0", 7, &["{}"])]);
        assert!(is_conflict(made.backbone.commit(stale).await));
    }
    let events = made.backbone.events(0, 100).await.unwrap();
    let seqs: Vec<Seq> = events.iter().map(|stored| stored.seq).collect();
    assert_eq!(seqs.len(), 10);
    assert!(seqs[9] - seqs[0] < 100, "ranges of the log must stay short enough to be read: {seqs:?}");
}
