//! Fetches that are owed: never forgotten, answered together with the capture that answers them.

use super::given::*;
use super::*;

/// Folds everything captured as nudges for these objects.
async fn nudge(backbone: &dyn Backbone, objects: &[&str]) -> Vec<StoredCapture> {
    let captures = captured(backbone, "taobao", objects.len()).await;
    let mut commit = step(captures[0].seq - 1, &captures, Vec::new());
    for ((mark, capture), object) in commit.marks.iter_mut().zip(&captures).zip(objects) {
        mark.verdicts[0].verdict = "fetching";
        commit.nudges.push(NewNudge {
            source: "taobao".into(),
            kind: "trade".into(),
            object: (*object).to_owned(),
            capture: Some(capture.seq),
        });
    }
    backbone.commit(commit).await.unwrap();
    captures
}

async fn counts(backbone: &dyn Backbone) -> (u64, u64, u64, u64) {
    let ledger = ledger(backbone).await;
    assert!(ledger.balanced, "{ledger:?}");
    let line = &ledger.sources[0];
    (line.captured, line.pending, line.ignored, line.quarantined)
}

pub(super) async fn one_fetch_answers_all_nudges_for_an_object(mut made: Made) {
    nudge(&*made.backbone, &["1", "2", "1"]).await;
    assert_eq!(counts(&*made.backbone).await, (3, 3, 0, 0));
    made.crash().await;
    let due = made.backbone.nudges(&"taobao".into(), NOW, 10).await.unwrap();
    let told: Vec<(&str, &str, usize, u32)> = due
        .iter()
        .map(|nudge| (&*nudge.source, nudge.object.as_str(), nudge.ids.len(), nudge.attempts))
        .collect();
    assert_eq!(told, [("taobao", "1", 2, 0), ("taobao", "2", 1, 0)]);
    let answer = NewCapture { answers: due[0].ids.clone(), ..capture("taobao", "{\"tid\":1}") };
    made.backbone.capture(vec![answer.clone()]).await.unwrap();
    // Captured is three nudges and an answer; the answer waits to be folded, a nudge waits to be fetched.
    assert_eq!(counts(&*made.backbone).await, (4, 2, 2, 0));
    // Answering what is answered changes nothing: a fetch that was repeated after a crash.
    made.backbone.capture(vec![answer]).await.unwrap();
    assert_eq!(counts(&*made.backbone).await, (5, 3, 2, 0));
    made.crash().await;
    let left = made.backbone.nudges(&"taobao".into(), NOW, 10).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].object.as_str(), &left[0].ids), ("2", &due[1].ids));
}

pub(super) async fn of_one_source_do_not_stand_before_those_of_another(made: Made) {
    nudge(&*made.backbone, &["1", "2", "3"]).await;
    let nudges =
        vec![NewNudge { source: "jd".into(), kind: "order".into(), object: "7".into(), capture: None }];
    made.backbone.commit(Commit { nudges, at: NOW, ..Commit::default() }).await.unwrap();
    let jd: Arc<str> = "jd".into();
    let due = made.backbone.nudges(&jd, NOW, 1).await.unwrap();
    assert_eq!(due.iter().map(|nudge| (&*nudge.source, &*nudge.object)).collect::<Vec<_>>(), [("jd", "7")]);
    assert_eq!(made.backbone.nudges(&"taobao".into(), NOW, 10).await.unwrap().len(), 3);
    assert!(made.backbone.nudges(&"unknown".into(), NOW, 10).await.unwrap().is_empty());
}

pub(super) async fn wait_for_their_time_and_survive(mut made: Made) {
    nudge(&*made.backbone, &["1"]).await;
    let due = made.backbone.nudges(&"taobao".into(), NOW, 10).await.unwrap().remove(0);
    let again = NudgeOutcome::Retry { ids: due.ids.clone(), at: NOW + 1000, error: "busy".into() };
    made.backbone.settle_nudges(vec![again]).await.unwrap();
    made.crash().await;
    assert!(made.backbone.nudges(&"taobao".into(), NOW + 999, 10).await.unwrap().is_empty());
    let later = made.backbone.nudges(&"taobao".into(), NOW + 1000, 10).await.unwrap().remove(0);
    assert_eq!((later.attempts, later.first_at, later.ids), (1, NOW, due.ids));
    let Answer::Nudges(told) = made.backbone.ask(Question::Nudges).await.unwrap() else { panic!() };
    assert_eq!(told, [("taobao".to_owned(), 1, Some("busy".to_owned()))]);
    assert_eq!(counts(&*made.backbone).await, (1, 1, 0, 0));
}

pub(super) async fn given_up_puts_the_capture_into_quarantine(mut made: Made) {
    let captures = nudge(&*made.backbone, &["1", "2"]).await;
    let due = made.backbone.nudges(&"taobao".into(), NOW, 10).await.unwrap();
    let failed =
        |index: usize| NudgeOutcome::Failed { ids: due[index].ids.clone(), reason: reason("not_found") };
    made.backbone.settle_nudges(vec![failed(0)]).await.unwrap();
    assert_eq!(counts(&*made.backbone).await, (2, 1, 0, 1));
    // Saying it again, as after a crash, changes nothing.
    made.backbone.settle_nudges(vec![failed(0)]).await.unwrap();
    assert_eq!(counts(&*made.backbone).await, (2, 1, 0, 1));
    made.crash().await;
    let rows = quarantine(&*made.backbone).await;
    assert_eq!(
        rows.iter().map(|row| (row.capture, row.reason.kind.as_str())).collect::<Vec<_>>(),
        [(captures[0].seq, "not_found")]
    );
    // People have it folded again: it nudges again.
    let again = made.backbone.captures(vec![captures[0].seq]).await.unwrap();
    let mut commit = Commit { from: None, to: 0, ..step(0, &again, Vec::new()) };
    commit.marks[0].again = true;
    commit.marks[0].verdicts[0].verdict = "fetching";
    let capture = Some(captures[0].seq);
    commit.nudges.push(NewNudge {
        source: "taobao".into(),
        kind: "trade".into(),
        object: "1".into(),
        capture,
    });
    made.backbone.commit(commit).await.unwrap();
    assert_eq!(counts(&*made.backbone).await, (2, 2, 0, 0));
    assert_eq!(made.backbone.nudges(&"taobao".into(), NOW, 10).await.unwrap().len(), 2);
}

pub(super) async fn of_polls_have_no_capture(made: Made) {
    let commit = Commit {
        nudges: vec![NewNudge {
            source: "taobao".into(),
            kind: "trade".into(),
            object: "7".into(),
            capture: None,
        }],
        at: NOW,
        ..Commit::default()
    };
    made.backbone.commit(commit).await.unwrap();
    assert!(ledger(&*made.backbone).await.balanced);
    let due = made.backbone.nudges(&"taobao".into(), NOW, 10).await.unwrap().remove(0);
    let answer = NewCapture { answers: due.ids, ..capture("taobao", "{}") };
    made.backbone.capture(vec![answer]).await.unwrap();
    assert_eq!(counts(&*made.backbone).await, (1, 1, 0, 0));
    assert!(made.backbone.nudges(&"taobao".into(), NOW, 10).await.unwrap().is_empty());
}

pub(super) async fn cursors_keep_their_last_value(mut made: Made) {
    assert_eq!(made.backbone.cursor("poll/a".into()).await.unwrap(), None);
    for value in ["1", "2"] {
        made.backbone.set_cursor("poll/a".into(), value.into()).await.unwrap();
    }
    made.backbone.set_cursor("poll/b".into(), "9".into()).await.unwrap();
    made.crash().await;
    assert_eq!(made.backbone.cursor("poll/a".into()).await.unwrap().as_deref(), Some("2"));
    assert_eq!(made.backbone.cursor("poll/b".into()).await.unwrap().as_deref(), Some("9"));
}
