//! What a platform allows is kept to, and a platform that does not answer keeps nobody else's orders.

use std::time::{Duration, Instant};

use bytes::Bytes;
use crossdock_testkit::standin::Client;
use crossdock_testkit::standin::top::Faults;
use tokio::net::TcpListener;

use crate::reconcile::{gateway, lives, shop, site};
use crate::site::PATIENCE;

const TRADES: usize = 24;
const RATE: u64 = 6;
/// How long a call waits for an answer; what is to be fetched elsewhere is there long before.
const SILENCE: Duration = Duration::from_secs(100);

/// A gateway that takes calls and never answers.
async fn silent() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            kept.push(stream);
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn fetches_keep_to_the_rate_and_wait_for_their_own_platform_only() {
    let (top, silent) = (gateway(Faults::default()).await, silent().await);
    let lives = lives(TRADES);
    let config = shop(&top.url(), "");
    let start = config.find("[[source]]\nid = \"taobao\"").unwrap();
    let other = config[start..].replace("\"taobao\"\nuse", "\"silent\"\nuse").replace(&top.url(), &silent);
    let config = config.replace("use = \"taobao\"", &format!("use = \"taobao\"\nrate_per_second = {RATE}"));
    let outbound = format!("[outbound]\ntimeout = \"{}s\"\n", SILENCE.as_secs());
    let site = site(&format!("{config}{other}{outbound}"));
    let hub = site.start();
    let mut client = Client::new(&hub.webhook, Duration::from_secs(20)).unwrap();
    let began = Instant::now();
    for source in ["silent", "taobao"] {
        for life in &lives {
            assert!(source == "silent" || top.put_trade(life.states[1].trade.clone()));
            let body = Bytes::from(life.states[1].message.to_string());
            let path = format!("/in/{source}/a-long-path-token");
            let reply = client.post(&path, &[("content-type", "application/json")], body).await.unwrap();
            assert_eq!(reply.status, 200, "{reply:?}");
        }
    }
    // How many calls had been made, and when: a second's worth is never more than the rate.
    let mut seen: Vec<(Instant, u64)> = Vec::new();
    loop {
        seen.push((Instant::now(), top.counts().calls));
        if top.counts().answered >= u64::try_from(TRADES).unwrap() {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "{:?}\n{}", top.counts(), site.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(began.elapsed() < SILENCE, "they waited until the other platform's calls had failed");
    for (at, (then, before)) in seen.iter().enumerate() {
        // Less than a second, for what a call may take on its way.
        let within = seen[at..].iter().take_while(|(now, _)| *now - *then < Duration::from_millis(900));
        let made = within.map(|(_, calls)| calls - before).max().unwrap_or(0);
        assert!(made <= RATE, "{made} calls within a second");
    }
    let deadline = Instant::now() + PATIENCE;
    let counted = loop {
        let ledger = site.ledger();
        let of = |id: &str| ledger.sources.iter().find(|line| line.source == id).unwrap().clone();
        let (quick, waiting) = (of("taobao"), of("silent"));
        if quick.pending == 0 {
            break (quick.folded, waiting.pending);
        }
        assert!(Instant::now() < deadline, "{ledger:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let all = u64::try_from(TRADES).unwrap();
    assert_eq!(
        counted,
        (all, all),
        "each is fetched and folded; those of the other wait and are not forgotten"
    );
    hub.kill();
    top.stop().await;
}
