//! Closing: what was acknowledged is there, what comes later is refused.

use std::time::Duration;

use super::given::*;
use super::*;

pub(super) async fn what_was_acknowledged_while_closing_is_there(mut made: Made) {
    let mut calls = tokio::task::JoinSet::new();
    let first = Arc::new(tokio::sync::Notify::new());
    for at in 0..200 {
        let (backbone, first) = (Arc::clone(&made.backbone), Arc::clone(&first));
        calls.spawn(async move {
            // Spread over the time in which it closes.
            tokio::time::sleep(Duration::from_micros(at * 50)).await;
            match backbone.capture(vec![capture("shop", "body")]).await {
                Ok(seqs) => {
                    first.notify_one();
                    Some(seqs[0])
                }
                Err(BackboneError::Closed) => None,
                Err(error) => panic!("{error}"),
            }
        });
    }
    // In the middle of it, however busy the machine is.
    tokio::time::timeout(Duration::from_secs(30), first.notified()).await.expect("something is acknowledged");
    made.backbone.close(Duration::from_secs(10)).await.unwrap();
    let mut told: Vec<Seq> = calls.join_all().await.into_iter().flatten().collect();
    told.sort_unstable();
    assert!(matches!(made.backbone.capture(vec![capture("shop", "late")]).await, Err(BackboneError::Closed)));
    assert!(matches!(made.backbone.commit(aside(Vec::new())).await, Err(BackboneError::Closed)));
    // Closing twice is closing once.
    made.backbone.close(Duration::from_secs(10)).await.unwrap();
    made.crash().await;
    let read = made.backbone.intake(0, 1000, usize::MAX).await.unwrap();
    let read: Vec<Seq> = read.iter().map(|capture| capture.seq).collect();
    assert!(!told.is_empty());
    for seq in &told {
        assert!(read.contains(seq), "{seq} was acknowledged");
    }
}
