//! A hub that starts before its cluster waits for it: machines come up in any order, and after a power loss the servers
//! may be the last. Commands do not wait; they say at once that the servers are away.

use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use super::JetStream;
use crate::backbone::*;
use crate::config::Nats;
use crate::duty::Duties;

/// The first pause; each is twice the one before.
const SHORTEST: Duration = Duration::from_millis(200);
/// The longest.
const LONGEST: Duration = Duration::from_secs(5);
/// It is said at once, and then as often as this.
const SAY: Duration = Duration::from_secs(60);

impl JetStream {
    /// As [`open`](Self::open), with what this hub has to do; waits for a cluster that is away, as long as
    /// `nats.wait_at_start` allows.
    ///
    /// # Errors
    /// `Broken` at once for what waiting does not mend: credentials, permissions, versions, another stream.
    /// `Unavailable` when it was waited for long enough.
    pub async fn open_when_there(
        config: &Nats,
        dir: &Path,
        tenant: &str,
        node: &str,
    ) -> Result<(Self, Duties)> {
        let began = Instant::now();
        let mut patience = Patience::new(config.wait_at_start.get());
        loop {
            let words = match Self::with_duties(config, dir, tenant, node).await {
                Err(BackboneError::Unavailable(words)) => words,
                ended => {
                    if patience.said.is_some() && ended.is_ok() {
                        tracing::info!("the cluster is there; the hub starts");
                    }
                    return ended;
                }
            };
            let Some((pause, say)) = patience.after(began.elapsed()) else {
                return Err(BackboneError::Unavailable(format!(
                    "{words}; waited {:?} for it (nats.wait_at_start)",
                    config.wait_at_start.get()
                )));
            };
            if say {
                tracing::warn!(words, "the cluster is away; the hub waits for it before it starts");
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn with_duties(config: &Nats, dir: &Path, tenant: &str, node: &str) -> Result<(Self, Duties)> {
        let this = Self::open(config, dir, tenant, node).await?;
        match this.duties().await {
            Ok(duties) => Ok((this, duties)),
            Err(error) => Err(this.given_up(error).await),
        }
    }

    /// Closes what was opened in vain, so that it can be opened again.
    pub(super) async fn given_up(&self, error: BackboneError) -> BackboneError {
        match self.close(LONGEST).await {
            Ok(()) => error,
            Err(worse) => BackboneError::Broken(format!("{error}; and its copy does not close: {worse}")),
        }
    }
}

/// How long one waits, and when one says so. Pure.
struct Patience {
    /// None: for ever.
    most: Option<Duration>,
    pause: Duration,
    said: Option<Duration>,
}

impl Patience {
    fn new(most: Duration) -> Self {
        Self { most: (!most.is_zero()).then_some(most), pause: SHORTEST, said: None }
    }

    /// After a try that ended so long after the start: how long to wait for the next, and whether to say so. None when
    /// it was enough.
    fn after(&mut self, elapsed: Duration) -> Option<(Duration, bool)> {
        let left = match self.most {
            Some(most) => most.checked_sub(elapsed).filter(|left| !left.is_zero())?,
            None => LONGEST,
        };
        let pause = self.pause.min(left);
        self.pause = (self.pause * 2).min(LONGEST);
        let say = self.said.is_none_or(|said| elapsed.saturating_sub(said) >= SAY);
        if say {
            self.said = Some(elapsed);
        }
        Some((pause, say))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tries that fail at once, until `most` or for an hour: when they are made, and when something is said.
    fn wait(most: Duration) -> (Vec<Duration>, Vec<Duration>) {
        let (mut patience, mut now) = (Patience::new(most), Duration::ZERO);
        let (mut tries, mut said) = (Vec::new(), Vec::new());
        while now < Duration::from_secs(3600) {
            tries.push(now);
            let Some((pause, say)) = patience.after(now) else { break };
            if say {
                said.push(now);
            }
            now += pause;
        }
        (tries, said)
    }

    #[test]
    fn it_waits_for_ever_and_says_so_once_a_minute() {
        let (tries, said) = wait(Duration::ZERO);
        assert!((720..740).contains(&tries.len()), "{}", tries.len());
        assert!(tries.windows(2).all(|two| two[1] - two[0] <= LONGEST));
        assert_eq!((said.first(), said.len()), (Some(&Duration::ZERO), 60));
        assert!(said.windows(2).all(|two| two[1] - two[0] >= SAY));
    }

    #[test]
    fn it_waits_no_longer_than_it_was_told() {
        let most = Duration::from_secs(7);
        let (tries, said) = wait(most);
        assert_eq!(tries.last(), Some(&most), "a last try at the end");
        assert_eq!(said.len(), 1);
    }
}
