//! Puts the parts together from a configuration; the only place that knows them all.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::backbone::embedded::Embedded;
use crate::backbone::jetstream::JetStream;
use crate::backbone::{Backbone, BackboneError};
use crate::config::{Config, HumanDuration, Loaded, SourceSetup, Store};
use crate::duty::{Duties, whenever};
use crate::enrich::{Decisions, Enricher, INTERNAL, risk};
use crate::fanout::Publisher;
use crate::handoff::budget::Budget;
use crate::handoff::worker::{Setup, Worker};
use crate::http::Client;
use crate::ingress::fetcher::{self, Fetcher};
use crate::ingress::poller::Poller;
use crate::ingress::pull::Callers;
use crate::ingress::queue::{self, QueueSource, Queues};
use crate::ingress::server;
use crate::ingress::tracker::{self, Tracker};
use crate::ingress::webhook::{PushSource, Webhooks};
use crate::lock::{DataLock, private_dir};
use crate::nats::Names;
use crate::nats::consumers::INBOUND_WAIT;
use crate::operate;
use crate::pipeline::{Fold, FoldSource, Pipeline, PipelineHandle, SourceOf};
use crate::telemetry::metrics::Metrics;
use crate::upkeep::{retention, watch_list};

/// A running hub. Stop it with [`Hub::shutdown`].
pub struct Hub {
    /// The store.
    pub backbone: Arc<dyn Backbone>,
    /// For repairs.
    pub pipeline: PipelineHandle,
    /// Counts.
    pub metrics: Arc<Metrics>,
    /// Where webhooks are taken.
    pub webhook: SocketAddr,
    /// Where operators are answered; none when it is turned off.
    pub admin: Option<SocketAddr>,
    stop_intake: watch::Sender<bool>,
    stop_rest: watch::Sender<bool>,
    intake: JoinSet<()>,
    rest: JoinSet<()>,
    held: JoinSet<()>,
    stop_duties: watch::Sender<bool>,
    broken: Option<watch::Receiver<Option<String>>>,
    pipeline_thread: Option<std::thread::JoinHandle<()>>,
    deadline: Duration,
    lock: DataLock,
}

/// The fold for a configuration's sources and sinks.
pub fn fold_of(loaded: &Loaded) -> Fold {
    let mut sources: SourceOf = loaded
        .sources
        .iter()
        .filter_map(|source| {
            let normalize = Arc::clone(source.parts.normalize.as_ref()?);
            let revisions = source.descriptor.capabilities.revisions;
            Some((Arc::clone(&source.id), FoldSource { normalize, revisions }))
        })
        .collect();
    let people = FoldSource { normalize: Arc::new(Decisions), revisions: false };
    sources.insert(INTERNAL.into(), people);
    let sinks = loaded.sinks.iter().map(|sink| (Arc::clone(&sink.id), sink.filter.clone())).collect();
    Fold::new(
        loaded.config.tenant.as_str().into(),
        sources,
        sinks,
        loaded.config.milestones.clone(),
        Arc::<Enricher>::clone(&loaded.enrich),
    )
}

impl Hub {
    /// Starts everything the configuration names. With the JetStream backbone it waits for a cluster that is away.
    ///
    /// # Errors
    /// What could not be started: the store, a port, the TLS setup.
    pub async fn start(loaded: Loaded) -> Result<Self, String> {
        let dir = &loaded.config.data.dir;
        private_dir(dir)?;
        let lock = DataLock::take(dir)?;
        let text = |error: BackboneError| error.to_string();
        match loaded.config.data.backbone {
            Store::Embedded => {
                let store = Embedded::open(dir, &loaded.config.tenant).map_err(text)?;
                Self::start_on(loaded, Arc::new(store), Duties::alone(), None, lock).await
            }
            Store::Jetstream => {
                let Config { nats, data, tenant, .. } = &loaded.config;
                let opened = JetStream::open_when_there(nats, &data.dir, tenant, &node(&loaded.config)).await;
                let (store, duties) = opened.map_err(text)?;
                let store = Arc::new(store);
                let backbone: Arc<dyn Backbone> = Arc::<JetStream>::clone(&store);
                Self::start_on(loaded, backbone, duties, Some(store), lock).await
            }
        }
    }

    async fn start_on(
        loaded: Loaded,
        backbone: Arc<dyn Backbone>,
        duties: Duties,
        shared: Option<Arc<JetStream>>,
        lock: DataLock,
    ) -> Result<Self, String> {
        let dir = loaded.config.data.dir.clone();
        let metrics = Arc::new(Metrics::default());
        let client = Client::new(&loaded.config.outbound)?;
        let (stop_intake, intake_stops) = watch::channel(false);
        let (stop_rest, rest_stops) = watch::channel(false);
        let deadline = loaded.config.shutdown_deadline.get();
        // Every sink has its place before the first event is committed, so that the ledger counts from the start.
        for sink in &loaded.sinks {
            backbone
                .open_sink(sink.id.to_string(), sink.filter.to_text())
                .await
                .map_err(|error| format!("sink {}: {error}", sink.id))?;
        }
        let mut intake = JoinSet::new();
        let mut rest = JoinSet::new();
        // Duties are given back last, so that what they allow has ended.
        let (stop_duties, duties_stop) = watch::channel(false);
        let mut held = JoinSet::new();
        let mut duty = |name: &str| {
            let (has, seen) = watch::channel(false);
            held.spawn(duties.clone().keep(name.to_owned(), has, duties_stop.clone()));
            seen
        };
        let (pipeline, handle) = Pipeline::new(Arc::clone(&backbone), fold_of(&loaded), rest_stops.clone());
        let pipeline = pipeline.with_duty(duty("fold"));
        let runtime = tokio::runtime::Handle::current();
        let pipeline_thread = std::thread::Builder::new()
            .name("pipeline".into())
            .spawn(move || pipeline.run_blocking(&runtime))
            .map_err(|error| format!("cannot start the pipeline: {error}"))?;

        let budgets: BTreeMap<&str, Arc<Budget>> = loaded
            .config
            .budget
            .iter()
            .map(|(name, budget)| {
                let of = Budget::new(budget.rate_per_second, budget.rate_per_minute, budget.concurrency);
                (name.as_str(), Arc::new(of))
            })
            .collect();
        for sink in &loaded.sinks {
            let Some(part) = sink.parts.sink.clone() else { continue };
            let budget = sink.config.budget.as_deref().and_then(|name| budgets.get(name).cloned());
            let (sink, backbone) = (sink.clone(), Arc::clone(&backbone));
            let (client, metrics) = (client.clone(), Arc::clone(&metrics));
            let has = duty(&format!("sink.{}", sink.id));
            rest.spawn(whenever(has, rest_stops.clone(), move |stop| {
                let worker = Worker::new(Setup {
                    id: Arc::clone(&sink.id),
                    config: sink.config.clone(),
                    filter: sink.filter.clone(),
                    part: part.clone(),
                    quotas: sink.descriptor.quotas,
                    session: sink.parts.session.clone(),
                    budget: budget.clone(),
                    backbone: Arc::clone(&backbone),
                    client: client.clone(),
                    metrics: Arc::clone(&metrics),
                    stop,
                    patience: deadline / 4,
                });
                worker.run()
            }));
        }
        if let Some(risk) = &loaded.risk {
            rest.spawn(watch_list(Arc::clone(risk), dir.join(risk::FILE_NAME), rest_stops.clone()));
        }
        let nats = &loaded.config.nats;
        if !nats.servers.is_empty() && nats.publish && loaded.config.data.backbone == Store::Embedded {
            let publisher = Publisher::new(
                nats.clone(),
                &loaded.config.tenant,
                Arc::clone(&backbone),
                Arc::clone(&metrics),
                rest_stops.clone(),
            );
            rest.spawn(publisher.run());
        }
        let keeps = duty("keep");
        let (store, keep) = (Arc::clone(&backbone), loaded.config.data.keep_captures);
        rest.spawn(whenever(keeps.clone(), rest_stops.clone(), move |stop| {
            retention(Arc::clone(&store), keep, stop)
        }));
        if let Some(shared) = &shared {
            let (shared, every) = (Arc::clone(shared), loaded.config.nats.copy_every.get());
            rest.spawn(whenever(keeps, rest_stops.clone(), move |stop| {
                Arc::clone(&shared).keep_copies(every, stop)
            }));
        }

        let callers = Callers::new(&loaded.sources, &client, &backbone);
        let fetchers: Vec<Fetcher> = loaded
            .sources
            .iter()
            .filter_map(|source| Fetcher::of(source, callers.of(source)?, &backbone, &metrics))
            .collect();
        if !fetchers.is_empty() {
            intake.spawn(whenever(duty("fetch"), intake_stops.clone(), move |stop| {
                fetcher::run(fetchers.clone(), stop)
            }));
        }
        let trackers: Vec<Tracker> = loaded
            .sources
            .iter()
            .filter_map(|source| Tracker::of(source, callers.of(source)?, &backbone, &metrics))
            .collect();
        if !trackers.is_empty() {
            let files = loaded.sources.iter().any(|source| source.config.live_files);
            let backbone = Arc::clone(&backbone);
            intake.spawn(whenever(duty("track"), intake_stops.clone(), move |stop| {
                tracker::run(trackers.clone(), Arc::clone(&backbone), files, stop)
            }));
        }
        for source in &loaded.sources {
            let (Some(poll), Some(every), Some(caller)) =
                (&source.parts.poll, source.config.poll_every, callers.of(source))
            else {
                continue;
            };
            let poller = Poller {
                source: Arc::clone(&source.id),
                poll: Arc::clone(poll),
                every,
                since: source.config.poll_since.unwrap_or(HumanDuration(Duration::from_secs(86_400))),
                backbone: Arc::clone(&backbone),
                caller,
                metrics: Arc::clone(&metrics),
            };
            let has = duty(&format!("poll.{}", source.id));
            intake.spawn(whenever(has, intake_stops.clone(), move |stop| poller.clone().run(stop)));
        }
        let sources = queue_sources(&loaded.sources);
        if !sources.is_empty() {
            let queues = Queues {
                nats: loaded.config.nats.clone(),
                names: Names::new(&loaded.config.tenant),
                sources,
                ack_wait: INBOUND_WAIT,
                backbone: Arc::clone(&backbone),
                metrics: Arc::clone(&metrics),
            };
            intake.spawn(queue::run(queues, intake_stops.clone()));
        }
        let listener = bind("webhook.listen", &loaded.config.webhook.listen).await?;
        let webhook = listener.local_addr().map_err(|error| error.to_string())?;
        let webhooks = Arc::new(Webhooks::new(
            push_sources(&loaded.sources),
            Arc::clone(&backbone),
            Arc::clone(&metrics),
            loaded.config.webhook.clone(),
        ));
        intake.spawn(server::serve(listener, webhooks, intake_stops, deadline / 2));
        let admin = match loaded.config.admin.listen.as_str() {
            "" => None,
            address => {
                let listener = bind("admin.listen", address).await?;
                let address = listener.local_addr().map_err(|error| error.to_string())?;
                let state = operate::State {
                    backbone: Arc::clone(&backbone),
                    pipeline: handle.clone(),
                    metrics: Arc::clone(&metrics),
                };
                let token = lock.announce(address)?;
                rest.spawn(operate::serve(listener, state, token, rest_stops));
                Some(address)
            }
        };
        Ok(Self {
            backbone,
            pipeline: handle,
            metrics,
            webhook,
            admin,
            stop_intake,
            stop_rest,
            intake,
            rest,
            held,
            stop_duties,
            broken: shared.map(|shared| shared.broken()),
            pipeline_thread: Some(pipeline_thread),
            deadline,
            lock,
        })
    }

    /// Ends when this hub cannot go on, with the reason. Never where everything is on this machine.
    pub async fn broken(&self) -> String {
        let Some(mut broken) = self.broken.clone() else { return std::future::pending().await };
        match broken.wait_for(Option::is_some).await.map(|words| words.clone()) {
            Ok(words) => words.unwrap_or_default(),
            Err(_) => std::future::pending().await,
        }
    }

    /// Stops intake, drains, flushes, closes; at most the configured deadline.
    ///
    /// # Errors
    /// What did not end in time. Nothing acknowledged is lost by that: it is folded and handed off at the next start.
    pub async fn shutdown(mut self) -> Result<(), String> {
        self.stop_intake.send_replace(true);
        let thread = self.pipeline_thread.take();
        let mut stage = "the intake";
        let work = async {
            while self.intake.join_next().await.is_some() {}
            self.stop_rest.send_replace(true);
            stage = "folding";
            if let Some(thread) = thread {
                drop(tokio::task::spawn_blocking(move || thread.join()).await);
            }
            stage = "handing off";
            while self.rest.join_next().await.is_some() {}
            stage = "giving duties back";
            self.stop_duties.send_replace(true);
            while self.held.join_next().await.is_some() {}
        };
        let in_time = tokio::time::timeout(self.deadline, work).await.is_ok();
        let closed = self.backbone.close(Duration::from_secs(10)).await.map_err(|error| error.to_string());
        drop(self.lock);
        closed?;
        if in_time {
            Ok(())
        } else {
            Err(format!("{stage} did not end before the deadline; it goes on at the next start"))
        }
    }
}

/// The name of this process among the hubs of a cluster.
fn node(config: &Config) -> String {
    format!("{}/{}", config.data.dir.display(), std::process::id())
}

/// Opens the store that a configuration names, for commands that write it while no hub runs here. The folder must be
/// held.
///
/// # Errors
/// What the store says.
pub async fn open(config: &Config) -> Result<Arc<dyn Backbone>, BackboneError> {
    Ok(match config.data.backbone {
        Store::Embedded => Arc::new(Embedded::open(&config.data.dir, &config.tenant)?),
        Store::Jetstream => {
            let Config { nats, data, tenant, .. } = config;
            Arc::new(JetStream::open(nats, &data.dir, tenant, &node(config)).await?)
        }
    })
}

async fn bind(key: &str, address: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| format!("{key}: cannot listen on {address}: {error}"))
}

fn push_sources(sources: &[SourceSetup]) -> Vec<PushSource> {
    sources
        .iter()
        .filter_map(|source| {
            let push = Arc::clone(source.parts.push.as_ref()?);
            Some(PushSource {
                id: Arc::clone(&source.id),
                push,
                insecure: source.config.insecure_accept_unsigned,
            })
        })
        .collect()
}

fn queue_sources(sources: &[SourceSetup]) -> Vec<QueueSource> {
    let fed = sources.iter().filter(|source| source.config.queue);
    fed.map(|source| QueueSource {
        id: Arc::clone(&source.id),
        topic: source.descriptor.capabilities.topics.first().copied().unwrap_or_default(),
    })
    .collect()
}
