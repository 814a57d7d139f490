//! Reading the log into the lanes: live events first, the backfill behind them, replays at their own pace.

use super::filter::{Filter, Subject};
use super::gate::{group, track_of};
use super::lanes::Offer;
use super::worker::{MOST_HELD, Running, WINDOW, Worker};
use crate::backbone::*;
use crate::clock;
use crossdock_schemas::Class;

/// The log is read on when so much is free: few large reads instead of many small ones.
const READS_AT: usize = WINDOW / 2;
/// Most events of one read.
const PAGE: usize = 512;
/// Most events a second of a replay that names no pace.
const REPLAYED: u32 = 100;

/// A replay under way.
pub(super) struct Job {
    replay: Replay,
    filter: Filter,
    /// The second that is running, and what was offered in it.
    second: Micros,
    offered: u32,
}

impl Job {
    pub(super) fn new(replay: Replay) -> Result<Self> {
        let filter = Filter::from_text(&replay.filter).map_err(BackboneError::Broken)?;
        Ok(Self { replay, filter, second: 0, offered: 0 })
    }

    pub(super) fn id(&self) -> i64 {
        self.replay.id
    }

    fn wants(&self, stored: &StoredEvent) -> bool {
        let numbers = &self.replay.numbers;
        let named = numbers.is_empty()
            || numbers.iter().any(|number| **number == *stored.number || *number == stored.event.key);
        named && self.filter.takes(&Subject::of(stored))
    }

    /// How many may be offered in this second.
    fn pace(&mut self, now: Micros) -> usize {
        let second = now / 1_000_000;
        if second != self.second {
            (self.second, self.offered) = (second, 0);
        }
        let most = self.replay.per_second.unwrap_or(REPLAYED).max(1);
        usize::try_from(most.saturating_sub(self.offered)).unwrap_or(0)
    }
}

impl Worker {
    /// Whether there is more of the log to be read, and room for it.
    pub(super) fn can_read(&self, running: &Running, head: Seq) -> bool {
        let room = |track| running.lanes.room(track, WINDOW, MOST_HELD) >= READS_AT;
        let (live, back) = (running.lanes.offered(Track::Live), running.lanes.offered(Track::Back));
        running.replays_on || (live < head && room(Track::Live)) || (back < live && room(Track::Back))
    }

    /// Reads on in the log as far as there is room.
    pub(super) async fn fill(&self, running: &mut Running, head: Seq) -> Result<()> {
        let (live, back) = (running.lanes.offered(Track::Live), running.lanes.offered(Track::Back));
        let room = |track| running.lanes.room(track, WINDOW, MOST_HELD);
        let (live_room, back_room) = (room(Track::Live), room(Track::Back));
        if live == back && live < head && live_room >= READS_AT && back_room >= READS_AT {
            // Nothing is behind: both readings move on together.
            let page = self.backbone.log(live, live_room.min(back_room).min(PAGE), Classes::All).await?;
            for stored in page.events {
                self.offer(running, stored);
            }
            running.lanes.pass(Track::Live, page.upto);
            running.lanes.pass(Track::Back, page.upto);
        } else {
            if back < live && back_room >= READS_AT {
                // Never beyond the live reading: an event must not overtake an earlier one of its key.
                let page = self.backbone.log(back, back_room.min(PAGE), Classes::Back).await?;
                let upto = page.upto.min(live);
                for stored in page.events {
                    if stored.seq <= upto {
                        self.offer(running, stored);
                    }
                }
                running.lanes.pass(Track::Back, upto);
            }
            if live < head && live_room >= READS_AT {
                let page = self.backbone.log(live, live_room.min(PAGE), Classes::Live).await?;
                for stored in page.events {
                    if running.lanes.offered(Track::Back) < stored.seq {
                        self.pull_forward(running, &stored).await?;
                    }
                    self.offer(running, stored);
                }
                running.lanes.pass(Track::Live, page.upto);
            }
        }
        self.replay(running).await
    }

    fn offer(&self, running: &mut Running, stored: StoredEvent) {
        let track = track_of(stored.event.class);
        if !self.keeper.filter.takes(&Subject::of(&stored)) || running.lanes.knows(track, stored.seq) {
            running.lanes.pass(track, stored.seq);
            return;
        }
        let offer = Offer { seq: stored.seq, key: &stored.event.key, group: group(stored.event.event_type) };
        running.lanes.offer(track, offer, clock::now_micros());
        running.keep(stored);
    }

    /// The backfill of a key goes out before what happens to it now, wherever the backfill stands.
    async fn pull_forward(&self, running: &mut Running, live: &StoredEvent) -> Result<()> {
        let filter = &self.keeper.filter;
        if !filter.takes(&Subject::of(live)) || !filter.takes_class(Class::Replay) {
            return Ok(());
        }
        let standing = self.backbone.standing(self.id.to_string(), live.history).await?;
        for stored in self.keeper.ahead(&running.lanes, standing, live.seq) {
            let offer =
                Offer { seq: stored.seq, key: &stored.event.key, group: group(stored.event.event_type) };
            running.lanes.offer_ahead(Track::Back, offer, clock::now_micros());
            running.keep(stored);
        }
        Ok(())
    }

    /// Reads on for what people want handed off again.
    async fn replay(&self, running: &mut Running) -> Result<()> {
        let mut jobs = std::mem::take(&mut running.jobs);
        let mut ended = Vec::new();
        running.replays_on = false;
        for job in &mut jobs {
            let track = Track::Replay(job.id());
            let now = clock::now_micros();
            let at = running.lanes.offered(track);
            if at >= job.replay.upto {
                if running.lanes.end(job.id()) {
                    ended.push(job.id());
                    tracing::info!(sink = &*self.id, replay = job.id(), "replay came to its end");
                }
                continue;
            }
            let most = job.pace(now).min(running.lanes.room(track, WINDOW / 4, MOST_HELD)).min(PAGE);
            if most == 0 {
                continue;
            }
            let page = self.backbone.log(at, PAGE, Classes::All).await?;
            let mut left = most;
            let mut read = page.upto.min(job.replay.upto);
            for stored in page.events {
                if stored.seq > job.replay.upto {
                    break;
                }
                if left == 0 {
                    // The pace allows no more of them now.
                    read = stored.seq - 1;
                    break;
                }
                if self.wants_again(running, job, &stored).await? {
                    let offer = Offer { seq: stored.seq, key: &stored.event.key, group: None };
                    running.lanes.offer(track, offer, now);
                    running.keep(stored);
                    job.offered = job.offered.saturating_add(1);
                    left -= 1;
                } else {
                    running.lanes.pass(track, stored.seq);
                }
            }
            running.lanes.pass(track, read);
            // What is not wanted costs no pace: the log is read on at once until something is.
            running.replays_on |= left > 0;
        }
        jobs.retain(|job| !ended.contains(&job.id()));
        running.jobs = jobs;
        Ok(())
    }

    /// Only what was settled once is handed off again: what waits or is parked has its own way.
    async fn wants_again(&self, running: &Running, job: &Job, stored: &StoredEvent) -> Result<bool> {
        let track = track_of(stored.event.class);
        if !job.wants(stored)
            || !self.keeper.filter.takes(&Subject::of(stored))
            || !running.lanes.is_settled(track, stored.seq)
        {
            return Ok(false);
        }
        let standing = self.backbone.standing(self.id.to_string(), stored.history).await?;
        Ok(!standing.parked.contains(&stored.seq))
    }

    /// When a replay may go on.
    pub(super) fn replay_wakes(&self, running: &Running, now: Micros) -> Option<Micros> {
        (!running.jobs.is_empty()).then(|| now.saturating_add(100_000))
    }
}
