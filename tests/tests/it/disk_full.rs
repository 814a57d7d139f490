//! The disk is full: callers are told to come back, and everything goes on by itself once there is room.
//!
//! Two ways of having no room, because neither works everywhere: a small file system of its own where we may mount
//! one, and a limit on the size of files, which every Linux has. At least one of them must have been tried.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::calls::send;
use crate::orders::order;
use crate::site::{PATIENCE, Running, Site, receiver, sink};

/// Sends orders until one is answered otherwise; gives how many were acknowledged and that answer.
async fn until_full(hub: &Running, name: &str, most: usize) -> (usize, crossdock_testkit::standin::Reply) {
    for at in 0..most {
        let number = format!("{name}-{at}");
        // Large enough to fill a small disk soon.
        let body = order(&number, 1).replace("\"Mug\"", &format!("\"{}\"", "mug ".repeat(3000)));
        let reply = send(hub, &number, &body).await;
        if reply.status != 200 {
            return (at, reply);
        }
    }
    panic!("{most} orders went through: the disk was never full");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_answered_with_503_and_recovers_by_itself() {
    let site = Site::new("");
    std::fs::create_dir(site.path("data")).unwrap();
    let Some(mounted) = Mounted::at(&site) else {
        println!("may not mount a file system here: the limit on files is tried instead, in the other test");
        return;
    };
    let erp = receiver().await;
    site.configure(&format!("{}{}", crate::site::basics(), sink("erp", &erp.url(), "order.paid")));
    // Something else takes up room, and lets go of it later.
    let ballast = site.path("data/ballast");
    std::fs::write(&ballast, vec![0; 4 << 20]).unwrap();
    let mut hub = site.start();
    let (before, reply) = until_full(&hub, "A", 2000).await;
    assert!(before > 0, "it was full from the start");
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("5")));
    // It stays up, and says the same again.
    let (more, reply) = until_full(&hub, "A-again", 50).await;
    assert_eq!(reply.status, 503);
    assert!(hub.is_alive());
    std::fs::remove_file(&ballast).unwrap();
    let deadline = Instant::now() + PATIENCE;
    while send(&hub, "later", &order("A-later", 1)).await.status != 200 {
        assert!(Instant::now() < deadline, "it does not recover:\n{}", site.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let ledger = site.settled();
    let line = ledger.sources.iter().find(|line| line.source == "store").unwrap();
    let acknowledged = u64::try_from(before + more).unwrap() + 1;
    assert_eq!((line.captured, line.folded), (acknowledged, acknowledged), "{line:?}");
    assert_eq!(erp.distinct(), acknowledged);
    assert!(hub.terminate().0.success(), "{}", site.log());
    drop(mounted);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_may_not_grow_are_the_same() {
    let erp = receiver().await;
    let site = Site::new(&sink("erp", &erp.url(), "order.paid"));
    // 2 MiB for any file (the unit is 512 bytes); a write beyond it fails as on a full disk instead of killing us.
    let mut hub = site.start_within(Some("trap '' XFSZ; ulimit -S -f 4096; exec \"$@\""));
    let (before, reply) = until_full(&hub, "B", 2000).await;
    assert!(before > 0);
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("5")));
    assert!(hub.is_alive(), "{}", site.log());
    // More room for the running process; where nobody can give it, a restart has to do.
    if !hub.unlimit() {
        println!("no prlimit here: going on with a restart");
        hub.kill();
        hub = site.start();
    }
    let deadline = Instant::now() + PATIENCE;
    while send(&hub, "later", &order("B-later", 1)).await.status != 200 {
        assert!(Instant::now() < deadline, "it does not recover:\n{}", site.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let ledger = site.settled();
    let line = ledger.sources.iter().find(|line| line.source == "store").unwrap();
    let acknowledged = u64::try_from(before).unwrap() + 1;
    assert_eq!((line.captured, line.folded), (acknowledged, acknowledged), "{line:?}");
    assert_eq!(erp.distinct(), acknowledged);
    assert!(hub.terminate().0.success());
}

/// A small file system under `data`; taken away at the end.
struct Mounted(std::path::PathBuf);

impl Mounted {
    fn at(site: &Site) -> Option<Self> {
        let path = site.path("data");
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(&path);
        command.output().ok()?.status.success().then_some(Self(path))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Lazily: a hub of a test that failed may still have files open.
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}
