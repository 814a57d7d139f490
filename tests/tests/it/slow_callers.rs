//! Callers that take their time: they are let go, and nobody else waits for them.

use std::io::Write;
use std::time::{Duration, Instant};

use crate::calls::{connect, head, rest, send};
use crate::orders::order;
use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn slow_headers_and_slow_bodies_are_closed_while_others_are_served() {
    let site = Site::new("");
    let hub = site.start();
    let body = order("A-1", 1);
    let began = Instant::now();
    let drip = |first: String| {
        let mut stream = connect(&hub);
        std::thread::spawn(move || {
            stream.write_all(first.as_bytes()).unwrap();
            // A byte now and then: alive, and never done.
            for _ in 0..40 {
                std::thread::sleep(Duration::from_millis(100));
                if stream.write_all(b"x").is_err() {
                    break;
                }
            }
            (rest(&mut stream), began.elapsed())
        })
    };
    let slow_headers: Vec<_> =
        (0..8).map(|_| drip("POST /in/store HTTP/1.1\r\nhost: hub\r\nx-slow: ".to_owned())).collect();
    let slow_bodies: Vec<_> = (0..8)
        .map(|at| {
            drip(format!("{}content-length: 15000\r\n\r\n", head(&format!("slow-{at}"), body.as_bytes())))
        })
        .collect();
    // Meanwhile others are served at once.
    for at in 0..10 {
        let asked = Instant::now();
        assert_eq!(send(&hub, &format!("m{at}"), &order(&format!("B-{at}"), 1)).await.status, 200);
        assert!(asked.elapsed() < Duration::from_secs(1), "it waited {:?}", asked.elapsed());
    }
    for slow in slow_headers {
        let (said, _) = slow.join().unwrap();
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{said}");
    }
    for slow in slow_bodies {
        let (said, _) = slow.join().unwrap();
        assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    }
    assert_eq!(site.settled().sources[0].captured, 10, "only what was complete is stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_connection_is_closed() {
    let site = Site::new("");
    let hub = site.start();
    let mut silent = connect(&hub);
    let began = Instant::now();
    assert_eq!(rest(&mut silent), "");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!(send(&hub, "m1", &order("A-1", 1)).await.status, 200);
}
