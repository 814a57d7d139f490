//! Two sinks of one application key: both together keep to what they share, and neither waits until the other is done.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::calls::send;
use crate::orders::order;
use crate::site::{Running, Site, sink};

const ORDERS: usize = 60;
const SENDERS: usize = 4;

/// A call as the application saw it.
#[derive(Clone, Debug)]
struct Call {
    path: String,
    came: Instant,
    /// Calls under way, this one included.
    at_once: usize,
}

/// The application both sinks talk to: it takes its time and remembers who came when.
#[derive(Default)]
struct Application {
    latency: Duration,
    under_way: AtomicUsize,
    calls: Mutex<Vec<Call>>,
}

impl Application {
    async fn start(latency: Duration) -> (Arc<Self>, String) {
        let this = Arc::new(Self { latency, ..Self::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let application = Arc::clone(&this);
        tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(Arc::clone(&application).serve(stream));
            }
        });
        (this, url)
    }

    async fn serve(self: Arc<Self>, mut stream: TcpStream) {
        while let Some(path) = request(&mut stream).await {
            let at_once = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            self.calls.lock().unwrap().push(Call { path, came: Instant::now(), at_once });
            tokio::time::sleep(self.latency).await;
            // Before the answer: what the hub starts when it has it is not at the same time.
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            if stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.is_err() {
                return;
            }
        }
    }
}

/// Reads one request; gives its path. None at the end of the connection.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let (mut read, mut piece) = (Vec::new(), [0; 4096]);
    let head = loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            break String::from_utf8(read.drain(..end + 4).collect()).unwrap();
        }
        match stream.read(&mut piece).await {
            Ok(count) if count > 0 => read.extend_from_slice(&piece[..count]),
            _ => return None,
        }
    };
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let length: usize = length.unwrap_or_default();
    while read.len() < length {
        match stream.read(&mut piece).await {
            Ok(count) if count > 0 => read.extend_from_slice(&piece[..count]),
            _ => return None,
        }
    }
    head.split(' ').nth(1).map(str::to_owned)
}

/// Hands all orders to both sinks; gives the calls in the order in which they came.
async fn play(budget: &str, latency: Duration) -> Vec<Call> {
    let (application, url) = Application::start(latency).await;
    let of = |id: &str, concurrency: usize| {
        let own = format!("budget = \"app\"\nconcurrency = {concurrency}\n[sink.settings]");
        sink(id, &format!("{url}/{id}"), "order.placed").replace("[sink.settings]", &own)
    };
    // One that takes whatever it gets, and one that makes one call after the other.
    let site = Site::new(&format!("{}{}[budget.app]\n{budget}\n", of("greedy", 16), of("modest", 1)));
    let hub = Arc::new(site.start());
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let hub: Arc<Running> = Arc::clone(&hub);
        senders.spawn(async move {
            for number in (sender..ORDERS).step_by(SENDERS) {
                let reply = send(&hub, &format!("b{number}"), &order(&format!("B-{number}"), 1)).await;
                assert_eq!(reply.status, 200);
            }
        });
    }
    senders.join_all().await;
    let ledger = tokio::task::spawn_blocking(move || (site.settled(), site)).await.unwrap().0;
    for line in &ledger.sinks {
        assert_eq!((line.delivered, line.parked), (u64::try_from(ORDERS).unwrap(), 0), "{line:?}");
    }
    assert!(Arc::into_inner(hub).unwrap().terminate().0.success());
    let calls = application.calls.lock().unwrap().clone();
    assert_eq!(calls.len(), 2 * ORDERS, "one call for each event");
    calls
}

/// While both have calls to make, both make them: who makes one after the other waits for one of the other's at most, and
/// for what is under way.
fn neither_starves(calls: &[Call]) {
    let middle = &calls[calls.len() / 4..calls.len() * 3 / 4];
    let modest = middle.iter().filter(|call| call.path == "/modest").count();
    let told: String = calls.iter().map(|call| &call.path[1..2]).collect();
    assert!(
        (middle.len()..=middle.len() * 3).contains(&(modest * 4)),
        "{modest} of {}: {told}",
        middle.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sinks_share_places() {
    // Each call costs one call: what the minute allows is just enough, and nobody has to wait for the next.
    let budget = format!("concurrency = 2\nrate_per_minute = {}", 2 * ORDERS);
    let calls = play(&budget, Duration::from_millis(25)).await;
    assert!(
        calls[calls.len() - 1].came - calls[0].came < Duration::from_secs(60),
        "calls were paid for twice"
    );
    let most = calls.iter().map(|call| call.at_once).max();
    assert_eq!(most, Some(2), "not more, and not less");
    neither_starves(&calls);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sinks_share_a_rate() {
    const RATE: usize = 20;
    let calls = play(&format!("rate_per_second = {RATE}"), Duration::from_millis(5)).await;
    for (at, first) in calls.iter().enumerate() {
        // A second, less what a call may take on its way.
        let within =
            calls[at..].iter().take_while(|call| call.came - first.came < Duration::from_millis(900));
        let within = within.count();
        assert!(within <= RATE, "{within} calls within a second, at call {at}");
    }
    neither_starves(&calls);
}
