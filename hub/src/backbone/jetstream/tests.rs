//! What only several hubs, and servers that lose things, can show. What every backbone must do is in the contract.

use crossdock_connector::Captured;
use crossdock_schemas::{Channel, Class, EventType, HistoryKind};
use crossdock_testkit::nats::{Disk, Options, Server};

use super::*;

fn nats(server: &Server) -> Nats {
    let text = format!("[nats]\nservers = [\"{}\"]\n", server.url());
    crate::config::load_text("test", &text, None).ok().unwrap().config.nats
}

async fn started(options: Options) -> Server {
    tokio::task::spawn_blocking(move || Server::start_with(options)).await.unwrap().unwrap()
}

fn capture(body: impl Into<bytes::Bytes>) -> NewCapture {
    NewCapture {
        source: "shop".into(),
        captured: Captured::new("orders/paid", body),
        channel: Channel::Webhook,
        class: Class::Normal,
        received_at: 1_780_000_000_000_000,
        traceparent: None,
        answers: Vec::new(),
    }
}

/// A history at its next version, with an event.
fn commit(number: &str, expected: i64) -> Commit {
    let snapshot: Arc<str> = format!("{{\"order_no\":\"{number}\"}}").into();
    let revision = u64::try_from(expected).unwrap() + 1;
    let event = EventWrite {
        id: format!("e1-{number}-{revision}"),
        event_type: EventType::OrderPaid,
        time: "2026-11-20T08:00:00+01:00".into(),
        sequence: revision,
        class: Class::Normal,
        capture: 1,
        idem_key: Some("i1-x".into()),
        traceparent: None,
        snapshot: Arc::clone(&snapshot),
        extra: ",\"changed\":[\"status\"]".into(),
    };
    let state = StateWrite {
        key: HistoryKey {
            kind: HistoryKind::Order,
            platform: "demo".into(),
            shop: "s1".into(),
            number: number.into(),
        },
        published: format!("o1-{number}"),
        expected,
        aux: "aux".into(),
        snapshot: Some(snapshot),
        revision,
        events: vec![event],
        links: Vec::new(),
    };
    Commit { states: vec![state], at: 1_780_000_000_000_000, ..Commit::default() }
}

fn ids(events: &[StoredEvent]) -> Vec<(Seq, String, String)> {
    events
        .iter()
        .map(|stored| (stored.seq, stored.event.id.clone(), stored.event.data.get().to_owned()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_hub_writes_the_other_has_and_of_two_one_wins() {
    let server = started(Options::default()).await;
    let (config, dirs) = (nats(&server), [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()]);
    let one = JetStream::open(&config, dirs[0].path(), "test", "one").await.unwrap();
    let two = JetStream::open(&config, dirs[1].path(), "test", "two").await.unwrap();
    for round in 0..20 {
        let (left, right) = tokio::join!(one.commit(commit("a", round)), two.commit(commit("a", round)));
        let won = [&left, &right].iter().filter(|result| result.is_ok()).count();
        assert_eq!(won, 1, "{left:?} {right:?}");
        let lost = if left.is_err() { left } else { right };
        assert!(matches!(lost, Err(BackboneError::Conflict(_))), "{lost:?}");
    }
    one.catch_up().await.unwrap();
    two.catch_up().await.unwrap();
    let events = one.events(0, 100).await.unwrap();
    assert_eq!(events.len(), 20);
    assert_eq!(ids(&events), ids(&two.events(0, 100).await.unwrap()));

    // Of two workers of a sink, the one that did not see the other's last step has to look again.
    one.open_sink("erp".into(), String::new()).await.unwrap();
    two.catch_up().await.unwrap();
    let settle = |low| Settle { sink: "erp".into(), low, delivered: vec![low], ..Settle::default() };
    let (left, right) = tokio::join!(one.settle(settle(1)), two.settle(settle(2)));
    assert!(left.is_ok() != right.is_ok(), "{left:?} {right:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_larger_than_a_message_comes_back_whole_and_in_its_place() {
    let server = started(Options::default()).await;
    let (config, dir) = (nats(&server), tempfile::tempdir().unwrap());
    let hub = JetStream::open(&config, dir.path(), "test", "one").await.unwrap();
    let large: Vec<u8> = (0..3_000_000_u32).map(|at| u8::try_from(at % 251).unwrap()).collect();
    let seqs = hub.capture(vec![capture("before"), capture(large.clone()), capture("after")]).await.unwrap();
    assert_eq!(seqs, [1, 2, 3]);
    let read = hub.intake(0, 10, usize::MAX).await.unwrap();
    let bodies: Vec<&[u8]> = read.iter().map(|capture| &capture.capture.body[..]).collect();
    assert_eq!(bodies, [b"before".as_slice(), &large, b"after"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_goes_into_a_cluster_and_comes_out_again_as_it_was() {
    let server = started(Options::default()).await;
    let (config, dir) = (nats(&server), tempfile::tempdir().unwrap());
    let store = Embedded::open(dir.path(), "test").unwrap();
    store.capture(vec![capture("one"), capture("two")]).await.unwrap();
    store.open_sink("erp".into(), String::new()).await.unwrap();
    for number in ["a", "b", "c"] {
        store.commit(commit(number, 0)).await.unwrap();
    }
    store.commit(commit("a", 1)).await.unwrap();
    let before = ids(&store.events(0, 100).await.unwrap());
    store.close(Duration::from_secs(10)).await.unwrap();

    let brought = into_cluster(&config, dir.path(), "test", false, |_| {}).await.unwrap();
    assert_eq!(brought.events, 4);
    let refused = Embedded::open(dir.path(), "test").err().unwrap().to_string();
    assert!(refused.contains("crossdock migrate embedded"), "{refused}");
    let again = into_cluster(&config, dir.path(), "test", true, |_| {}).await.unwrap_err().to_string();
    assert!(again.contains("is not empty"), "{again}");

    let one = JetStream::open(&config, dir.path(), "test", "one").await.unwrap();
    // A hub with an empty folder begins with the cluster's copy.
    let empty = tempfile::tempdir().unwrap();
    let two = JetStream::open(&config, empty.path(), "test", "two").await.unwrap();
    assert_eq!(ids(&two.events(0, 100).await.unwrap()), before);
    two.commit(commit("a", 2)).await.unwrap();
    one.catch_up().await.unwrap();
    assert_eq!(one.events(0, 100).await.unwrap().len(), 5);
    for hub in [one, two] {
        hub.close(Duration::from_secs(10)).await.unwrap();
    }

    // Subscribers have everything, what was before and what came later.
    let link = connect(&config, "look").await.unwrap();
    let stream = link.jetstream.get_stream("XD_TEST").await.unwrap();
    let subjects = stream.info_with_subjects("xd.v1.test.>").await.unwrap();
    // Five events, what ended the move, a state and its step.
    assert_eq!(subjects.info.state.messages, 5 + 3);

    out_of_cluster(&config, dir.path(), "test").await.unwrap();
    let store = Embedded::open(dir.path(), "test").unwrap();
    let after = ids(&store.events(0, 100).await.unwrap());
    assert_eq!((&after[..4], after.len()), (&before[..], 5));
    assert_eq!(store.intake(0, 10, usize::MAX).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_left_the_log_can_still_go_on_and_a_new_hub_begins_with_a_copy() {
    let server = started(Options::default()).await;
    let (mut config, dir) = (nats(&server), tempfile::tempdir().unwrap());
    config.keep_events = crate::config::HumanDuration(Duration::from_secs(2));
    let hub = JetStream::open(&config, dir.path(), "test", "one").await.unwrap();
    hub.open_sink("erp".into(), String::new()).await.unwrap();
    let settle = |low| Settle { sink: "erp".into(), low, delivered: vec![low], ..Settle::default() };
    hub.capture(vec![capture("a")]).await.unwrap();
    hub.commit(commit("a", 0)).await.unwrap();
    hub.settle(settle(1)).await.unwrap();
    hub.keep_copy().await.unwrap();
    let link = connect(&config, "look").await.unwrap();
    let stream = link.jetstream.get_stream_no_info("XD_TEST").await.unwrap();
    while stream.get_info().await.unwrap().state.messages > 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // The first try finds out that the record it names is gone, the next one knows.
    if let Err(error) = hub.commit(commit("a", 1)).await {
        assert!(matches!(error, BackboneError::Conflict(_)), "{error}");
        hub.commit(commit("a", 1)).await.unwrap();
    }
    hub.settle(settle(2)).await.unwrap();
    let empty = tempfile::tempdir().unwrap();
    let other = JetStream::open(&config, empty.path(), "test", "two").await.unwrap();
    assert_eq!(ids(&other.events(0, 10).await.unwrap()), ids(&hub.events(0, 10).await.unwrap()));
    assert_eq!(other.events(0, 10).await.unwrap().len(), 2);
}

/// Somebody may publish events of his own: they are for subscribers, and no hub stumbles over them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_that_belong_to_no_step_are_passed_over() {
    let server = started(Options::default()).await;
    let (config, dir) = (nats(&server), tempfile::tempdir().unwrap());
    let hub = JetStream::open(&config, dir.path(), "test", "one").await.unwrap();
    hub.commit(commit("a", 0)).await.unwrap();
    let link = connect(&config, "other").await.unwrap();
    let subject = "xd.v1.test.order.paid.demo.s1.n.p00";
    link.jetstream.publish(subject, "{}".into()).await.unwrap().await.unwrap();
    hub.commit(commit("a", 1)).await.unwrap();
    link.jetstream.publish(subject, "{}".into()).await.unwrap().await.unwrap();
    hub.catch_up().await.unwrap();
    assert_eq!(hub.events(0, 10).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_was_made_anew_is_not_taken_for_the_old_one() {
    let mut server = started(Options::default()).await;
    let (config, dir) = (nats(&server), tempfile::tempdir().unwrap());
    let hub = JetStream::open(&config, dir.path(), "test", "one").await.unwrap();
    hub.commit(commit("a", 0)).await.unwrap();
    hub.close(Duration::from_secs(10)).await.unwrap();
    server.kill9().unwrap();
    server.wipe_store().unwrap();
    server.restart().unwrap();
    let refused = JetStream::open(&config, dir.path(), "test", "one").await.err().unwrap().to_string();
    assert!(refused.contains("made anew") && refused.contains("--again"), "{refused}");
    // What the copy holds begins a new one.
    let link = connect(&config, "admin").await.unwrap();
    link.jetstream.delete_stream("XD_TEST").await.unwrap();
    into_cluster(&config, dir.path(), "test", true, |_| {}).await.unwrap();
    let hub = JetStream::open(&config, dir.path(), "test", "one").await.unwrap();
    assert_eq!(hub.events(0, 10).await.unwrap().len(), 1);
    hub.commit(commit("a", 1)).await.unwrap();
}

/// Fills a server's disk, gives it room again, and reads everything as a hub with an empty folder.
async fn full(mut server: Server, room: impl FnOnce(&mut Server)) {
    let (config, dir) = (nats(&server), tempfile::tempdir().unwrap());
    let hub = JetStream::open(&config, dir.path(), "test", "one").await.unwrap();
    let mut acknowledged = Vec::new();
    let said = loop {
        match hub.capture(vec![capture(vec![b'x'; 100_000])]).await {
            Ok(seqs) => acknowledged.extend(seqs),
            Err(error) => break error,
        }
        assert!(acknowledged.len() < 1000, "the disk is never full");
    };
    assert!(said.is_retryable(), "{said}");
    assert!(acknowledged.len() > 10);
    server.kill9().unwrap();
    room(&mut server);
    server.restart().unwrap();
    // It goes on by itself, and a hub that reads everything again has all of it.
    let more = hub.capture(vec![capture("more")]).await.unwrap();
    let empty = tempfile::tempdir().unwrap();
    let other = JetStream::open(&config, empty.path(), "test", "two").await.unwrap();
    let read = other.intake(0, 10_000, usize::MAX).await.unwrap();
    let there: Vec<Seq> = read.iter().map(|capture| capture.seq).collect();
    assert!(acknowledged.iter().chain(&more).all(|seq| there.contains(seq)));
}

/// As large as the server believes it may get, so that it meets the end of the disk and not its own limit.
const ROOM: &str = "jetstream { max_file_store: 10GB }\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_said_and_nothing_acknowledged_is_lost() {
    let Some(disk) = Disk::small(64).unwrap() else {
        println!("nobody can mount a disk here: what follows is only tried with a limit on files");
        return full_by_limit().await;
    };
    let store = Some(disk.path().to_owned());
    let server = started(Options { store, ..Options::config(ROOM) }).await;
    disk.leave(6 << 20).unwrap();
    full(server, |_| disk.free().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_cannot_grow_are_said_and_nothing_acknowledged_is_lost() {
    full_by_limit().await;
}

async fn full_by_limit() {
    let mut server = started(Options::config(ROOM)).await;
    server.limit_files(3 << 20).unwrap();
    // The limit is gone with the process.
    full(server, |_| ()).await;
}
