//! Captures: what a source was told we have, we have.

use std::collections::BTreeSet;

use bytes::Bytes;
use crossdock_connector::{Captured, Headers};
use crossdock_schemas::{Channel, Class};

use super::given::*;
use super::*;

pub(super) async fn come_back_as_they_were(mut made: Made) {
    let mut headers = Headers::default();
    headers.push("x-topic", "orders/paid");
    headers.push("x-name", "茶壶 \"quoted\"");
    let odd = NewCapture {
        source: "shop-b".into(),
        captured: Captured {
            topic: "订单".into(),
            headers: headers.clone(),
            body: Bytes::from_static(&[0, 159, 146, 150, b'\n', 255]),
            origin: Some("orders.csv:12-40".into()),
        },
        channel: Channel::File,
        class: Class::Replay,
        received_at: NOW + 7,
        traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into()),
        answers: Vec::new(),
    };
    let seqs = made
        .backbone
        .capture(vec![capture("shop-a", ""), odd.clone(), capture("shop-a", "last")])
        .await
        .unwrap();
    assert!(seqs.is_sorted_by(|a, b| a < b), "{seqs:?}");
    for _ in 0..2 {
        let read = made.backbone.intake(0, 10, usize::MAX).await.unwrap();
        assert_eq!(read.iter().map(|capture| capture.seq).collect::<Vec<_>>(), seqs);
        assert_eq!(
            (&*read[0].source, read[0].capture.body.len(), read[0].class),
            ("shop-a", 0, Class::Normal)
        );
        assert_eq!(read[0].capture.headers, Headers::default());
        assert_eq!((&read[0].capture.origin, &read[0].traceparent), (&None, &None));
        let back = &read[1];
        assert_eq!(&*back.source, "shop-b");
        assert_eq!(back.capture.topic, odd.captured.topic);
        assert_eq!(back.capture.headers, headers);
        assert_eq!(back.capture.body, odd.captured.body);
        assert_eq!(back.capture.origin, odd.captured.origin);
        assert_eq!(back.capture.channel, Channel::File);
        assert_eq!(back.capture.received_at.as_microsecond(), NOW + 7);
        assert_eq!((back.class, &back.traceparent), (Class::Replay, &odd.traceparent));
        let picked = made.backbone.captures(vec![seqs[2], 999_999, seqs[0]]).await.unwrap();
        assert_eq!(picked.iter().map(|capture| capture.seq).collect::<Vec<_>>(), [seqs[2], seqs[0]]);
        made.crash().await;
    }
    // A new one goes behind those from before the crash.
    let more = made.backbone.capture(vec![capture("shop-a", "more")]).await.unwrap();
    assert!(more[0] > seqs[2]);
}

pub(super) async fn many_at_a_time_are_all_there(mut made: Made) {
    let mut calls = tokio::task::JoinSet::new();
    for call in 0..64 {
        let backbone = Arc::clone(&made.backbone);
        calls.spawn(async move {
            let bodies: Vec<String> = (0..5).map(|at| format!("{call}/{at}")).collect();
            let seqs =
                backbone.capture(bodies.iter().map(|body| capture("shop", body)).collect()).await.unwrap();
            assert!(seqs.is_sorted_by(|a, b| a < b));
            seqs.into_iter().zip(bodies).collect::<Vec<_>>()
        });
    }
    let told: BTreeSet<(Seq, String)> = calls.join_all().await.into_iter().flatten().collect();
    assert_eq!(told.len(), 320);
    made.crash().await;
    let read = made.backbone.intake(0, 1000, usize::MAX).await.unwrap();
    let body = |capture: &StoredCapture| String::from_utf8(capture.capture.body.to_vec()).unwrap();
    assert_eq!(read.iter().map(|capture| (capture.seq, body(capture))).collect::<BTreeSet<_>>(), told);
    assert_eq!(ledger(&*made.backbone).await.sources[0].pending, 320);
}

pub(super) async fn are_read_in_bounded_pieces_that_always_move_on(made: Made) {
    let large = "x".repeat(100_000);
    let batch = (0..10).map(|_| capture("shop", &large)).collect();
    made.backbone.capture(batch).await.unwrap();
    assert_eq!(made.backbone.intake(0, 3, usize::MAX).await.unwrap().len(), 3);
    let (mut at, mut pieces, mut seen) = (0, 0, 0);
    loop {
        // A capture larger than the piece still comes, alone.
        let piece = made.backbone.intake(at, 100, 50_000).await.unwrap();
        let Some(last) = piece.last() else { break };
        assert_eq!(piece.len(), 1);
        at = last.seq;
        seen += piece.len();
        pieces += 1;
        assert!(pieces <= 10);
    }
    assert_eq!(seen, 10);
}

pub(super) async fn heads_rise_once_they_can_be_read(made: Made) {
    let mut heads = made.backbone.heads();
    let before = *heads.captures.borrow_and_update();
    let seqs = made.backbone.capture(vec![capture("shop", "1")]).await.unwrap();
    heads.captures.changed().await.unwrap();
    assert!(*heads.captures.borrow() >= seqs[0] && seqs[0] > before);
    let captures = made.backbone.intake(before, 10, usize::MAX).await.unwrap();
    let commit = Commit {
        nudges: vec![NewNudge {
            source: "shop".into(),
            kind: "order".into(),
            object: "1".into(),
            capture: None,
        }],
        ..step(before, &captures, vec![state("1", 0, &["{}"])])
    };
    made.backbone.commit(commit).await.unwrap();
    heads.events.changed().await.unwrap();
    heads.nudges.changed().await.unwrap();
    let head = *heads.events.borrow();
    assert_eq!(made.backbone.events(0, 10).await.unwrap().last().unwrap().seq, head);
}
