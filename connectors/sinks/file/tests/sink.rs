//! What the sink leaves on the disk, and what it says when it cannot.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails as the test itself does"
)]

use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use bytes::Bytes;
use crossdock_connector::{Connector, Delivery, Outcome, Repeat, Sink, SinkPart};
use crossdock_file::{Config, File, Rotate};
use crossdock_schemas::{Event, EventType};
use serde_json::value::RawValue;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

fn sink(path: &Path, rotate: Rotate) -> Arc<dyn Sink> {
    match File::build(Config { path: path.to_owned(), rotate }).unwrap().sink {
        Some(SinkPart::Native(sink)) => sink,
        _ => panic!("not a native sink"),
    }
}

fn delivery(json: &str, recorded_at: &str) -> Delivery {
    let event = Event {
        id: "e1-1".into(),
        event_type: EventType::ALL[0],
        tenant: "acme".into(),
        platform: "shopify".into(),
        shop: "demo.example.com".into(),
        key: "o1-1".into(),
        time: "2026-11-21T12:00:00Z".parse().unwrap(),
        recorded_at: recorded_at.parse().unwrap(),
        sequence: 1,
        class: Default::default(),
        traceparent: None,
        correlation_id: None,
        idem_key: None,
        data: RawValue::from_string("{}".into()).unwrap(),
    };
    Delivery {
        event: Arc::new(event),
        json: Bytes::copy_from_slice(json.as_bytes()),
        attempt: 1,
        maybe_there: false,
    }
}

fn today(json: &str) -> Delivery {
    delivery(json, "2026-11-21T12:00:01Z")
}

fn all_delivered(outcomes: &[Outcome]) -> bool {
    outcomes.iter().all(|outcome| matches!(outcome, Outcome::Delivered))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn one_event_a_line_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.ndjson");
    let sink = sink(&path, Rotate::None);
    assert_eq!(sink.repeat(), Repeat::UniqueKey);
    assert!(all_delivered(&wait(sink.deliver(&[today("{\"n\":1}"), today("{\"n\":\n 2}\r\n")]))));
    assert!(all_delivered(&wait(sink.deliver(&[today("{\"n\":3}")]))));
    assert!(wait(sink.deliver(&[])).is_empty());
    let text = read(&path);
    assert_eq!(text, "{\"n\":1}\n{\"n\":  2}  \n{\"n\":3}\n");
    for line in text.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}

#[test]
fn appends_after_a_restart_and_cuts_a_torn_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.ndjson");
    std::fs::write(&path, "{\"n\":1}\n{\"n\":2}\n{\"n\":3,\"tor").unwrap();
    let sink = sink(&path, Rotate::None);
    assert!(all_delivered(&wait(sink.deliver(&[today("{\"n\":3}")]))));
    assert_eq!(read(&path), "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
}

#[test]
fn a_file_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let sink = sink(&folder.path().join("events.ndjson"), Rotate::Daily);
    let batch = [
        delivery("1", "2026-11-21T23:59:59Z"),
        delivery("2", "2026-11-22T00:00:00Z"),
        delivery("3", "2026-11-21T23:59:58Z"),
    ];
    assert!(all_delivered(&wait(sink.deliver(&batch))));
    assert_eq!(read(&folder.path().join("events-2026-11-21.ndjson")), "1\n3\n");
    assert_eq!(read(&folder.path().join("events-2026-11-22.ndjson")), "2\n");
}

#[cfg(unix)]
#[test]
fn a_file_that_was_moved_away_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.ndjson");
    let moved = folder.path().join("events.ndjson.1");
    let sink = sink(&path, Rotate::None);
    wait(sink.deliver(&[today("1")]));
    std::fs::rename(&path, &moved).unwrap();
    assert!(all_delivered(&wait(sink.deliver(&[today("2")]))));
    assert_eq!((read(&moved), read(&path)), ("1\n".into(), "2\n".into()));
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_a_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.ndjson");
    wait(sink(&path, Rotate::None).deliver(&[today("1")]));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

fn retry_text(outcomes: &[Outcome]) -> String {
    let texts: Vec<String> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::Retry(None, error) => error.to_string(),
            other => panic!("expected a retry, got {other:?}"),
        })
        .collect();
    texts.join("; ")
}

#[test]
fn a_missing_folder_is_not_made_and_heals() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mount").join("events.ndjson");
    let sink = sink(&path, Rotate::None);
    let outcomes = wait(sink.deliver(&[today("1"), today("2")]));
    assert_eq!(outcomes.len(), 2);
    let text = retry_text(&outcomes);
    assert!(text.contains("cannot write to") && text.contains("mount"), "{text}");
    std::fs::create_dir(folder.path().join("mount")).unwrap();
    assert!(all_delivered(&wait(sink.deliver(&[today("1"), today("2")]))));
    assert_eq!(read(&path), "1\n2\n");
}

#[test]
fn what_cannot_be_written_is_not_overtaken() {
    let folder = tempfile::tempdir().unwrap();
    let sink = sink(&folder.path().join("events.ndjson"), Rotate::Daily);
    // The file of the 22nd is a folder: it cannot be opened.
    std::fs::create_dir(folder.path().join("events-2026-11-22.ndjson")).unwrap();
    let batch = [
        delivery("1", "2026-11-21T12:00:00Z"),
        delivery("2", "2026-11-22T12:00:00Z"),
        delivery("3", "2026-11-23T12:00:00Z"),
    ];
    let outcomes = wait(sink.deliver(&batch));
    assert!(matches!(outcomes[0], Outcome::Delivered));
    retry_text(&outcomes[1..]);
    assert_eq!(outcomes.len(), 3);
    assert!(!folder.path().join("events-2026-11-23.ndjson").exists());
}

/// `/dev/full` answers every write as a full disk does.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_retry_that_says_so() {
    let sink = sink(Path::new("/dev/full"), Rotate::None);
    let text = retry_text(&wait(sink.deliver(&[today("1")])));
    assert!(text.contains("No space left"), "{text}");
}

#[test]
fn two_writers_do_not_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.ndjson");
    let first = sink(&path, Rotate::None);
    let second = sink(&path, Rotate::None);
    assert!(all_delivered(&wait(first.deliver(&[today("1")]))));
    let text = retry_text(&wait(second.deliver(&[today("2")])));
    assert!(text.contains("another process writes"), "{text}");
    // The one who goes lets the other in.
    drop(first);
    assert!(all_delivered(&wait(second.deliver(&[today("2")]))));
    assert_eq!(read(&path), "1\n2\n");
}

#[test]
fn many_tasks_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.ndjson");
    let sink = sink(&path, Rotate::None);
    std::thread::scope(|scope| {
        for task in 0..8 {
            let sink = &sink;
            scope.spawn(move || {
                for n in 0..20 {
                    let batch = [today(&format!("[{task},{n},0]")), today(&format!("[{task},{n},1]"))];
                    assert!(all_delivered(&wait(sink.deliver(&batch))));
                }
            });
        }
    });
    let text = read(&path);
    assert_eq!(text.lines().count(), 8 * 20 * 2);
    for task in 0..8 {
        let mine: Vec<&str> = text.lines().filter(|line| line.starts_with(&format!("[{task},"))).collect();
        let expected: Vec<String> =
            (0..20).flat_map(|n| [format!("[{task},{n},0]"), format!("[{task},{n},1]")]).collect();
        assert_eq!(mine, expected);
    }
}
