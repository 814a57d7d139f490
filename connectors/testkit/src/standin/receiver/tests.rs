use std::time::Duration;

use bytes::Bytes;

use super::*;
use crate::standin::{Client, Reply, stopped};

const NOW: i64 = 1_795_262_400;
const KEY: &[u8] = b"a key of the test";

fn options() -> Options {
    Options::new(KEY, stopped(jiff::Timestamp::from_second(NOW).unwrap()))
}

fn client(receiver: &Receiver) -> Client {
    Client::new(&receiver.url(), Duration::from_secs(5)).unwrap()
}

fn event(id: &str, key: &str, sequence: u64) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"{id}","type":"io.crossdock.order.paid","subject":"{key}","sequence":"{sequence:020}","data":{{"id":"x"}}}}"#
    )
}

async fn send(client: &mut Client, key: &[u8], id: &str, seconds: i64, body: &str) -> io::Result<Reply> {
    let signature = sign::standard_webhooks(key, id, seconds, body.as_bytes());
    let seconds = seconds.to_string();
    let headers = [("webhook-id", id), ("webhook-timestamp", &*seconds), ("webhook-signature", &*signature)];
    client.post("", &headers, Bytes::copy_from_slice(body.as_bytes())).await
}

#[tokio::test]
async fn takes_each_event_once_and_notes_the_order() {
    let receiver = Receiver::start(options()).await.unwrap();
    let mut client = client(&receiver);
    for (id, sequence) in [("e1-a", 1), ("e1-b", 2), ("e1-a", 1), ("e1-d", 4), ("e1-c", 3)] {
        let reply = send(&mut client, KEY, id, NOW, &event(id, "o1-1", sequence)).await.unwrap();
        assert_eq!(reply.status, 200);
    }
    let list = format!("[{},{}]", event("e1-e", "o1-2", 1), event("e1-f", "o1-2", 2));
    assert_eq!(send(&mut client, KEY, "b1-x", NOW, &list).await.unwrap().status, 200);
    let report = receiver.stop().await;
    assert_eq!((report.requests, report.received, report.distinct, report.duplicates), (6, 7, 6, 1));
    assert_eq!(report.out_of_order, ["o1-1"]);
    assert_eq!(report.by_type["io.crossdock.order.paid"], 6);
    let order: Vec<(&str, u64)> = report.entries.iter().map(|entry| (&*entry.id, entry.sequence)).collect();
    assert_eq!(order, [("e1-a", 1), ("e1-b", 2), ("e1-d", 4), ("e1-c", 3), ("e1-e", 1), ("e1-f", 2)]);
}

#[tokio::test]
async fn refuses_what_is_not_signed_for_it() {
    let receiver = Receiver::start(options()).await.unwrap();
    let mut client = client(&receiver);
    let body = event("e1-a", "o1-1", 1);
    for (key, seconds, expected) in [
        (&b"another key"[..], NOW, 401),
        (KEY, NOW - 301, 401),
        (KEY, NOW + 301, 401),
        (KEY, NOW - 300, 200),
        (KEY, NOW + 300, 200),
    ] {
        assert_eq!(
            send(&mut client, key, "e1-a", seconds, &body).await.unwrap().status,
            expected,
            "{seconds}"
        );
    }
    // Another body, another id, a missing header, and one that stands there twice.
    let signature = sign::standard_webhooks(KEY, "e1-a", NOW, body.as_bytes());
    let now = NOW.to_string();
    let id = ("webhook-id", "e1-a");
    let time = ("webhook-timestamp", &*now);
    let signed = ("webhook-signature", &*signature);
    let other = body.replace("000001", "000002");
    for (headers, body) in [
        (vec![id, time, signed], other.as_str()),
        (vec![("webhook-id", "e1-b"), time, signed], body.as_str()),
        (vec![id, time], body.as_str()),
        (vec![id, signed], body.as_str()),
        (vec![time, signed], body.as_str()),
        (vec![id, id, time, signed], body.as_str()),
        (vec![id, time, ("webhook-signature", "v1,")], body.as_str()),
    ] {
        let reply = client.post("", &headers, Bytes::copy_from_slice(body.as_bytes())).await.unwrap();
        assert_eq!(reply.status, 401, "{headers:?}");
    }
    // During a rotation one of several signatures is enough.
    let several = format!("v1a,AAAA v1,AAAA {signature}");
    let headers = [id, time, ("webhook-signature", &*several)];
    assert_eq!(client.post("", &headers, Bytes::from(body)).await.unwrap().status, 200);
    let report = receiver.stop().await;
    assert_eq!((report.refused, report.distinct), (10, 1));
}

#[tokio::test]
async fn a_message_has_the_id_of_its_event() {
    let receiver = Receiver::start(options()).await.unwrap();
    let mut client = client(&receiver);
    assert_eq!(send(&mut client, KEY, "e1-b", NOW, &event("e1-a", "o1-1", 1)).await.unwrap().status, 422);
    assert_eq!(send(&mut client, KEY, "e1-b", NOW, "no json").await.unwrap().status, 400);
    let report = receiver.stop().await;
    assert_eq!((report.unreadable, report.received), (2, 0));
}

#[tokio::test]
async fn known_events_can_be_answered_with_409() {
    let receiver = Receiver::start(Options { duplicate_status: 409, ..options() }).await.unwrap();
    let mut client = client(&receiver);
    let body = event("e1-a", "o1-1", 1);
    assert_eq!(send(&mut client, KEY, "e1-a", NOW, &body).await.unwrap().status, 200);
    assert_eq!(send(&mut client, KEY, "e1-a", NOW, &body).await.unwrap().status, 409);
}

#[tokio::test]
async fn each_fault_does_what_it_says() {
    let receiver = Receiver::start(options()).await.unwrap();
    let mut client = client(&receiver);
    let body = event("e1-a", "o1-1", 1);
    receiver.set_faults(Faults { throttle: 1000, retry_after_seconds: 7, ..Faults::default() });
    let reply = send(&mut client, KEY, "e1-a", NOW, &body).await.unwrap();
    assert_eq!((reply.status, reply.header("Retry-After")), (429, Some("7")));
    receiver.set_faults(Faults { error: 1000, ..Faults::default() });
    assert_eq!(send(&mut client, KEY, "e1-a", NOW, &body).await.unwrap().status, 500);
    assert_eq!(receiver.distinct(), 0);
    receiver.set_faults(Faults { lost_reply: 1000, ..Faults::default() });
    assert!(send(&mut client, KEY, "e1-a", NOW, &body).await.is_err());
    assert_eq!(receiver.distinct(), 1, "the work was done");
    receiver.set_faults(Faults { slow: 1000, slow_for: Duration::from_millis(30), ..Faults::default() });
    let before = Instant::now();
    assert_eq!(send(&mut client, KEY, "e1-a", NOW, &body).await.unwrap().status, 200);
    assert!(before.elapsed() >= Duration::from_millis(30));
    receiver
        .set_faults(Faults { down: vec![Duration::ZERO..Duration::from_secs(3600)], ..Faults::default() });
    assert!(send(&mut client, KEY, "e1-a", NOW, &body).await.is_err());
    receiver.set_faults(Faults::default());
    receiver.server().set_down(true);
    assert!(send(&mut client, KEY, "e1-a", NOW, &body).await.is_err());
    receiver.server().set_down(false);
    assert_eq!(send(&mut client, KEY, "e1-a", NOW, &body).await.unwrap().status, 200);
    let report = receiver.stop().await;
    assert_eq!((report.throttled, report.errors, report.lost_replies, report.slow), (1, 1, 1, 1));
    assert_eq!((report.turned_away, report.distinct, report.duplicates), (2, 1, 2));
}

#[test]
fn demo_secrets_are_keys() {
    let secret = demo_secret(1);
    assert_ne!(secret, demo_secret(2));
    let key = sign::standard_webhooks_key(&crossdock_connector::Secret::new(secret)).unwrap();
    assert_eq!(key.len(), 32);
}
