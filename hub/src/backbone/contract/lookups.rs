//! What people look up: pages of what was given up, what a source spoke about, how far behind everything is.

use super::given::*;
use super::*;
use crossdock_schemas::HistoryKind;

fn gave_up(seq: Seq, reason: &'static str, detail: &str) -> Parked {
    Parked { seq, key: format!("k{seq}"), attempts: 3, first_at: NOW, reason, detail: detail.into() }
}

async fn parked_rows(backbone: &dyn Backbone, which: ParkedFilter) -> Vec<(String, Seq)> {
    // Two at a time, so that every look is a look at pages.
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let question = Question::Parked { which: which.clone(), after: after.clone(), limit: 2 };
        let Answer::Parked(rows) = backbone.ask(question).await.unwrap() else { panic!() };
        assert!(rows.len() <= 2);
        let Some(last) = rows.last() else { return all };
        after = Some((last.sink.clone(), last.seq));
        all.extend(rows.into_iter().map(|row| (row.sink, row.seq)));
    }
}

pub(super) async fn parked_rows_are_found_page_by_page(mut made: Made) {
    let seqs = with_events(&*made.backbone, &["erp", "crm"], 5).await;
    for (sink, reason, words, at) in
        [("crm", "gave_up", "no answer in time", NOW), ("erp", "rejected", "no such field", NOW + 1000)]
    {
        let settle = Settle {
            sink: sink.into(),
            low: seqs[4],
            parked: seqs.iter().map(|seq| gave_up(*seq, reason, words)).collect(),
            at,
            ..Settle::default()
        };
        made.backbone.settle(settle).await.unwrap();
    }
    made.crash().await;
    let backbone = &*made.backbone;
    let all = parked_rows(backbone, ParkedFilter::default()).await;
    assert_eq!(all.len(), 10);
    let at =
        |sink: &str| all.iter().filter(|(name, _)| name == sink).map(|(_, seq)| *seq).collect::<Vec<_>>();
    assert_eq!((at("erp"), at("crm")), (seqs.clone(), seqs.clone()), "each once, in the order of the log");

    let erp = |seqs: &[Seq]| seqs.iter().map(|seq| ("erp".to_owned(), *seq)).collect::<Vec<_>>();
    let none = ParkedFilter::default;
    let of_erp = ParkedFilter { sink: Some("erp".into()), ..none() };
    for same in [
        of_erp.clone(),
        ParkedFilter { reason: Some("rejected".into()), ..none() },
        ParkedFilter { words: Some("such".into()), ..none() },
        ParkedFilter { since: Some(NOW + 1), ..none() },
        ParkedFilter { types: vec!["order.paid".into()], ..of_erp.clone() },
    ] {
        assert_eq!(parked_rows(backbone, same.clone()).await, erp(&seqs), "{same:?}");
    }
    let third = ParkedFilter { events: vec![seqs[2]], ..none() };
    assert_eq!(parked_rows(backbone, third.clone()).await.len(), 2, "at both sinks");
    let number = |text: &str| ParkedFilter { number: Some(text.into()), ..of_erp.clone() };
    assert_eq!(parked_rows(backbone, number("w2")).await, erp(&seqs[2..3]));
    assert_eq!(parked_rows(backbone, number("o1-w2")).await, erp(&seqs[2..3]), "or by its key");
    for other in [
        number("w9"),
        ParkedFilter { types: vec!["order.placed".into()], ..none() },
        ParkedFilter { before: Some(NOW), ..none() },
        ParkedFilter { sink: Some("wms".into()), ..none() },
        ParkedFilter { reason: Some("gave_up".into()), ..of_erp.clone() },
    ] {
        assert_eq!(parked_rows(backbone, other.clone()).await, [], "{other:?}");
    }
}

pub(super) async fn quarantined_rows_are_found_page_by_page(mut made: Made) {
    let shop = captured(&*made.backbone, "shop", 3).await;
    let mut commit = step(0, &shop, Vec::new());
    commit.marks = shop.iter().map(bad).collect();
    commit.to = shop[2].seq;
    made.backbone.commit(commit).await.unwrap();
    let other = captured(&*made.backbone, "other", 2).await;
    let mut commit = step(shop[2].seq, &other, Vec::new());
    commit.marks = other.iter().map(bad).collect();
    commit.marks[1].quarantine = Some(reason("unsupported"));
    commit.at = NOW + 1000;
    made.backbone.commit(commit).await.unwrap();
    made.crash().await;
    let backbone = &*made.backbone;
    let find = |which: QuarantineFilter| async move {
        let (mut all, mut after) = (Vec::new(), 0);
        loop {
            let question = Question::Quarantine { which: which.clone(), after, limit: 2 };
            let Answer::Quarantine(rows) = backbone.ask(question).await.unwrap() else { panic!() };
            assert!(rows.len() <= 2);
            let Some(last) = rows.last() else { return all };
            after = last.capture;
            all.extend(rows.into_iter().map(|row| row.capture));
        }
    };
    let seqs = |captures: &[StoredCapture]| captures.iter().map(|capture| capture.seq).collect::<Vec<_>>();
    let none = QuarantineFilter::default;
    assert_eq!(find(none()).await, [seqs(&shop), seqs(&other)].concat());
    let topic = Some("orders/paid".into());
    assert_eq!(find(QuarantineFilter { source: Some("shop".into()), topic, ..none() }).await, seqs(&shop));
    assert_eq!(find(QuarantineFilter { since: Some(NOW + 1000), ..none() }).await, seqs(&other));
    assert_eq!(find(QuarantineFilter { before: Some(NOW + 1000), ..none() }).await, seqs(&shop));
    assert_eq!(
        find(QuarantineFilter { reason: Some("unsupported".into()), ..none() }).await,
        seqs(&other[1..])
    );
    let said = reason("malformed").detail;
    assert_eq!(find(QuarantineFilter { words: Some(said), ..none() }).await.len(), 5);
    let body = String::from_utf8(shop[1].capture.body.to_vec()).unwrap();
    let same = shop.iter().chain(&other).filter(|capture| capture.capture.body == body.as_bytes());
    let same: Vec<Seq> = same.map(|capture| capture.seq).collect();
    assert_eq!(find(QuarantineFilter { number: Some(body), ..none() }).await, same);
    assert_eq!(
        find(QuarantineFilter { captures: vec![shop[1].seq, 999_999], ..none() }).await,
        seqs(&shop[1..2])
    );
    for other in [
        QuarantineFilter { source: Some("nobody".into()), ..none() },
        QuarantineFilter { topic: Some("refunds".into()), ..none() },
        QuarantineFilter { number: Some("nowhere".into()), ..none() },
        QuarantineFilter { words: Some("nothing says this".into()), ..none() },
    ] {
        assert!(find(other.clone()).await.is_empty(), "{other:?}");
    }
}

pub(super) async fn a_source_is_asked_what_it_told(mut made: Made) {
    let first = captured(&*made.backbone, "shop", 1).await;
    made.backbone.commit(step(0, &first, vec![state("1", 0, &["{\"n\":1}"])])).await.unwrap();
    let mut later = Vec::new();
    for (source, number) in [("shop", "2"), ("other", "3")] {
        let from = made.backbone.intake_position().await.unwrap();
        let captures = captured(&*made.backbone, source, 1).await;
        let mut commit = step(from, &captures, vec![state(number, 0, &["{}"])]);
        commit.marks[0].verdicts[0].history = Some(order(number));
        commit.at = NOW + 1000;
        made.backbone.commit(commit).await.unwrap();
        later.extend(captures);
    }
    made.crash().await;
    let backbone = &*made.backbone;
    let ask = |source: &str, since: Micros, after: i64| {
        let (source, kind) = (source.to_owned(), HistoryKind::Order);
        async move {
            let question = Question::Told { source, kind, since, after, limit: 1 };
            let Answer::Told(told) = backbone.ask(question).await.unwrap() else { panic!() };
            told
        }
    };
    let one = ask("shop", 0, 0).await;
    assert_eq!((one[0].key.clone(), one[0].snapshot.as_deref()), (order("1"), Some("{\"n\":1}")));
    let two = ask("shop", 0, one[0].place).await;
    assert_eq!(two[0].key, order("2"));
    assert!(ask("shop", 0, two[0].place).await.is_empty(), "3 was told by another");
    assert_eq!(ask("shop", NOW + 1, 0).await[0].key, order("2"), "1 did not change since");
    assert_eq!(ask("other", 0, 0).await[0].key, order("3"));
    assert!(ask("nobody", 0, 0).await.is_empty());
}

pub(super) async fn parcels_of_a_carrier_are_found_page_by_page(mut made: Made) {
    let parcel = |carrier: &str, number: &str| StateWrite {
        key: HistoryKey {
            kind: HistoryKind::Parcel,
            platform: carrier.into(),
            shop: "".into(),
            number: number.into(),
        },
        links: vec![order(number)],
        ..state(number, 0, &["{\"n\":1}"])
    };
    let first = captured(&*made.backbone, "shop", 1).await;
    let states = vec![parcel("zto", "Z3"), parcel("zto", "Z1"), parcel("yto", "Z2")];
    made.backbone.commit(step(0, &first, states)).await.unwrap();
    let mut later = aside(vec![parcel("zto", "Z1#2")]);
    later.at = NOW + 1000;
    made.backbone.commit(later).await.unwrap();
    made.crash().await;
    let backbone = &*made.backbone;
    let find = |carrier: &str, since: Micros| {
        let carrier = carrier.to_owned();
        async move {
            let (mut all, mut after) = (Vec::new(), String::new());
            loop {
                let question = Question::Parcels { carrier: carrier.clone(), since, after, limit: 2 };
                let Answer::Told(rows) = backbone.ask(question).await.unwrap() else { panic!() };
                assert!(rows.len() <= 2);
                assert!(rows.iter().all(|row| row.snapshot.as_deref() == Some("{\"n\":1}")));
                let Some(last) = rows.last() else { return all };
                after = last.key.number.clone();
                all.extend(rows.into_iter().map(|row| row.key));
            }
        }
    };
    let numbers = |keys: Vec<HistoryKey>| keys.into_iter().map(|key| key.number).collect::<Vec<_>>();
    assert_eq!(numbers(find("zto", 0).await), ["Z1", "Z1#2", "Z3"]);
    assert_eq!(numbers(find("zto", NOW + 1).await), ["Z1#2"]);
    let yto = find("yto", 0).await;
    assert_eq!(yto, [parcel("yto", "Z2").key]);
    assert!(find("sto", 0).await.is_empty());
    let linked = |key: HistoryKey| async move {
        let Answer::Found(keys) = backbone.ask(Question::Linked(key)).await.unwrap() else { panic!() };
        keys
    };
    assert_eq!(linked(yto[0].clone()).await, [order("Z2")], "known or not yet");
    assert!(linked(order("Z2")).await.is_empty(), "nobody has told of it");
}

pub(super) async fn what_became_of_a_history_names_people_too(mut made: Made) {
    let seqs = with_events(&*made.backbone, &["erp", "crm"], 1).await;
    for sink in ["erp", "crm"] {
        let parked = vec![gave_up(seqs[0], "rejected", "no")];
        let settle = Settle { sink: sink.into(), low: seqs[0], parked, at: NOW, ..Settle::default() };
        made.backbone.settle(settle).await.unwrap();
    }
    let items = |sink: &str| vec![(sink.to_owned(), seqs[0])];
    made.backbone.repair(Repair::RetryParked { items: items("erp"), at: NOW + 5 }).await.unwrap();
    for at in [NOW + 6, NOW + 7] {
        made.backbone.repair(Repair::DropParked { items: items("crm"), at }).await.unwrap();
    }
    made.crash().await;
    let backbone = &*made.backbone;
    let handed = |number: &'static str| async move {
        let question = Question::Handoffs(order(number));
        let Answer::Handoffs(events, rows) = backbone.ask(question).await.unwrap() else { panic!() };
        let rows: Vec<String> =
            rows.into_iter().map(|row| format!("{} {} +{}", row.sink, row.outcome, row.at - NOW)).collect();
        (events.iter().map(|event| event.seq).collect::<Vec<_>>(), rows)
    };
    let (events, rows) = handed("w0").await;
    assert_eq!(events, seqs);
    assert_eq!(
        rows,
        ["erp retried +5", "crm dropped +6", "erp held +5"],
        "dropped once, however often it was said"
    );
    assert_eq!(handed("w9").await, (vec![], vec![]));
    let place = |name: &str| Question::SinkPlace(name.into());
    let Answer::SinkPlace(Some(erp)) = backbone.ask(place("erp")).await.unwrap() else { panic!() };
    assert_eq!((erp.low, erp.held.len()), (seqs[0], 1));
    assert!(matches!(backbone.ask(place("nobody")).await.unwrap(), Answer::SinkPlace(None)));
}

pub(super) async fn the_backlog_says_what_the_ledger_says(mut made: Made) {
    let backlog = |backbone: Arc<dyn Backbone>| async move {
        let Answer::Backlog(backlog) = backbone.ask(Question::Backlog).await.unwrap() else { panic!() };
        backlog
    };
    assert_eq!(backlog(Arc::clone(&made.backbone)).await, Backlog::default());
    let seqs = with_events(&*made.backbone, &["erp", "crm"], 6).await;
    let settle = Settle {
        sink: "erp".into(),
        low: seqs[1],
        delivered: vec![seqs[1]],
        held: vec![HeldHandoff { seq: seqs[0], key: "k".into(), ..HeldHandoff::default() }],
        parked: vec![gave_up(seqs[2], "rejected", "no")],
        done: vec![seqs[2]],
        at: NOW,
        ..Settle::default()
    };
    made.backbone.settle(settle).await.unwrap();
    // Two captures that nobody has folded yet.
    captured(&*made.backbone, "late", 2).await;
    made.crash().await;
    let now = backlog(Arc::clone(&made.backbone)).await;
    let ledger = ledger(&*made.backbone).await;
    assert!(ledger.balanced);
    for (have, want) in now.sources.iter().zip(&ledger.sources) {
        assert_eq!(
            (have.source.as_str(), have.captured, have.folded, have.quarantined, have.pending),
            (want.source.as_str(), want.captured, want.folded, want.quarantined, want.pending)
        );
        assert_eq!(have.known, want.duplicate + want.stale + want.ignored);
    }
    for (have, want) in now.sinks.iter().zip(&ledger.sinks) {
        assert_eq!(
            (have.sink.as_str(), have.delivered, have.parked, have.pending),
            (want.sink.as_str(), want.delivered + want.already_there, want.parked, want.pending)
        );
    }
    let late = now.sources.iter().find(|source| source.source == "late").unwrap();
    assert_eq!((late.pending, late.oldest), (2, Some(NOW)));
    assert_eq!(now.captures - now.folded, 2);
    let [crm, erp] = &now.sinks[..] else { panic!("{now:?}") };
    assert_eq!((erp.delivered, erp.held, erp.parked, erp.pending), (1, 1, 1, 4));
    assert_eq!((crm.pending, crm.held), (6, 0));
    assert!(erp.oldest.is_some() && crm.oldest.is_some());
}
