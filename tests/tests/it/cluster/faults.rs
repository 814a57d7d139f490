//! What breaks, and how it is healed.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crossdock_testkit::nats::{Cluster, Disk, Options, Proxy};
use crossdock_testkit::standin::Rng;

use super::STREAM;
use crate::site::{PATIENCE, Running, Site, basics};

/// The server whose disk can be full.
const LAST: usize = 2;

/// What breaks, in a mixed order; each of them twice makes a run of more than twenty.
pub(super) const FAULTS: [Fault; 13] = [
    Fault::Kill,
    Fault::KillLeader,
    Fault::Freeze,
    Fault::Quorum,
    Fault::Wipe,
    Fault::Truncate,
    Fault::Full,
    Fault::Cut,
    Fault::Delay,
    Fault::HalfClose,
    Fault::Hub,
    Fault::HubFolder,
    Fault::Hub,
];

#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    /// A server is killed and comes back.
    Kill,
    /// The one that leads the stream.
    KillLeader,
    /// A server is frozen for a while, and goes on as if nothing had been.
    Freeze,
    /// Two servers are killed, so that nothing can be acknowledged, and come back.
    Quorum,
    /// A server comes back with an empty disk.
    Wipe,
    /// A server comes back without the last bytes it had written.
    Truncate,
    /// The disk of the last server is full for a while; it is started again when there is room.
    Full,
    /// A hub is cut off from its server.
    Cut,
    /// Everything between a hub and its server takes long.
    Delay,
    /// A hub's connection is closed in one direction.
    HalfClose,
    /// A hub is killed, in the middle of whatever it does.
    Hub,
    /// A hub is killed and its folder lost.
    HubFolder,
}

/// A hub of the cluster.
pub(super) struct Hub {
    pub(super) site: Site,
    pub(super) running: Option<Running>,
}

pub(super) struct Stage {
    pub(super) cluster: Cluster,
    /// A small one, for the last server; none where nobody can mount one.
    disk: Option<Disk>,
    proxy: Proxy,
    pub(super) hubs: Vec<Hub>,
    /// Where senders find the hubs now; empty for one that is down.
    pub(super) urls: Arc<Mutex<Vec<String>>>,
}

impl Stage {
    pub(super) fn start(sinks: &str) -> Self {
        let disk = Disk::small(256).unwrap();
        let cluster = Cluster::start_with(|at| {
            let store = disk.as_ref().filter(|_| at == LAST).map(|disk| disk.path().to_owned());
            Options { store, ..Options::config("jetstream { sync_interval: 1s, max_file_store: 10GB }\n") }
        })
        .unwrap();
        let proxy = Proxy::start(cluster.node(0).addr()).unwrap();
        let mut hubs = Vec::new();
        for at in 0..3 {
            // The first hub knows its server only through a wire that can be cut.
            let servers = if at == 0 { vec![proxy.url()] } else { cluster.urls() };
            let site = Site::new("");
            let own = basics().replace("[data]\n", "[data]\nbackbone = \"jetstream\"\n");
            let own = own.replace("level = \"warn\"", "level = \"info\"");
            site.configure(&format!(
                "{own}{sinks}[nats]\nservers = {servers:?}\nprofile = \"standard\"\ncopy_every = \"3s\"\n"
            ));
            hubs.push(Hub { site, running: None });
        }
        let mut this =
            Self { cluster, disk, proxy, hubs, urls: Arc::new(Mutex::new(vec![String::new(); 3])) };
        for at in 0..3 {
            this.wake(at);
        }
        this
    }

    fn wake(&mut self, at: usize) {
        // A hub waits for a cluster that is away. One whose cluster goes away while it starts may end all the same;
        // whoever runs it starts it again.
        let deadline = Instant::now() + PATIENCE;
        let hub = &mut self.hubs[at];
        let running = loop {
            if let Some(running) = hub.site.try_start() {
                break running;
            }
            assert!(Instant::now() < deadline, "hub {at} does not start:\n{}", hub.site.log());
            std::thread::sleep(Duration::from_millis(200));
        };
        self.urls.lock().unwrap()[at] = running.webhook.clone();
        hub.running = Some(running);
    }

    fn kill(&mut self, at: usize) {
        self.urls.lock().unwrap()[at] = String::new();
        self.hubs[at].running.take().unwrap().kill();
    }

    /// How often the last server said that its disk is full.
    fn full_told(&self) -> usize {
        self.cluster.node(LAST).log().matches("no space left on device").count()
    }

    /// Until the last server wrote and could not: a full disk that nobody writes to would be no fault.
    fn until_full(&self, before: usize) {
        let deadline = Instant::now() + PATIENCE;
        while self.full_told() == before {
            assert!(Instant::now() < deadline, "the last server never met the end of its disk");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Lets one thing break, and heals it.
    pub(super) fn fault(&mut self, fault: Fault, rng: &mut Rng) {
        let pause =
            |rng: &mut Rng, most: u64| std::thread::sleep(Duration::from_millis(100 + rng.below(most)));
        let at = usize::try_from(rng.below(3)).unwrap();
        match fault {
            Fault::Kill => {
                self.cluster.kill9(at).unwrap();
                pause(rng, 1000);
                self.cluster.restart(at).unwrap();
            }
            Fault::KillLeader => {
                let leader = self.cluster.until_led(STREAM).unwrap();
                self.cluster.kill9(leader).unwrap();
                pause(rng, 1500);
                self.cluster.restart(leader).unwrap();
            }
            Fault::Freeze => {
                self.cluster.pause(at).unwrap();
                pause(rng, 2500);
                self.cluster.resume(at).unwrap();
            }
            Fault::Quorum => {
                self.cluster.kill9(at).unwrap();
                self.cluster.kill9(at + 1).unwrap();
                pause(rng, 1500);
                self.cluster.restart(at).unwrap();
                self.cluster.restart(at + 1).unwrap();
            }
            Fault::Wipe => {
                self.cluster.kill9(at).unwrap();
                self.cluster.wipe_store(at).unwrap();
                self.cluster.restart(at).unwrap();
            }
            Fault::Truncate => {
                self.cluster.kill9(at).unwrap();
                self.cluster.node_mut(at).truncate_last_block(STREAM, 1 + rng.below(400)).unwrap();
                self.cluster.restart(at).unwrap();
            }
            Fault::Full => {
                match &self.disk {
                    Some(disk) => {
                        let before = self.full_told();
                        disk.leave(0).unwrap();
                        self.until_full(before);
                    }
                    // Nothing to wait for: its log is one of the files that cannot grow.
                    None => self.cluster.node_mut(LAST).limit_files(1).unwrap(),
                }
                pause(rng, 1000);
                self.cluster.kill9(LAST).unwrap();
                if let Some(disk) = &self.disk {
                    disk.free().unwrap();
                }
                self.cluster.restart(LAST).unwrap();
            }
            Fault::Cut => {
                self.proxy.cut();
                pause(rng, 1500);
                self.proxy.heal();
            }
            Fault::Delay => {
                self.proxy.delay(Duration::from_millis(200));
                pause(rng, 1500);
                self.proxy.heal();
            }
            Fault::HalfClose => {
                self.proxy.half_close();
                pause(rng, 500);
                self.proxy.heal();
            }
            Fault::Hub => {
                self.kill(at);
                pause(rng, 500);
                self.wake(at);
            }
            Fault::HubFolder => {
                self.kill(at);
                std::fs::remove_dir_all(self.hubs[at].site.path("data")).unwrap();
                self.wake(at);
            }
        }
        // What comes next meets a whole cluster: two copies lost at a time are more than three servers promise.
        self.cluster.until_healthy().unwrap();
        self.cluster.until_led(STREAM).unwrap();
        for at in 0..3 {
            assert!(
                self.hubs[at].running.as_mut().unwrap().is_alive(),
                "hub {at} ended after {fault:?}:\n{}",
                self.hubs[at].site.log()
            );
        }
    }
}
