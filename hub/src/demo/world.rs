//! The world around the hub: three receivers, Taobao's gateway, a data folder with secrets and a configuration.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crossdock_connector::sign;
use crossdock_testkit::standin::receiver::{self, Faults, Receiver};
use crossdock_testkit::standin::top::{self, Top};
use crossdock_testkit::standin::{Clock, Rng};
use tempfile::TempDir;

use crate::clock;
use crate::config;

use super::cluster::Cluster;

/// The configuration with gaps.
const TEMPLATE: &str = include_str!("../../../config/demo.toml");

/// Secrets that vendors and receivers share with the hub.
pub(super) struct Secrets {
    pub(super) shopify: String,
    pub(super) taobao_path: String,
    pub(super) sf_path: String,
}

/// A receiver and what to call it.
pub(super) struct Place {
    pub(super) id: &'static str,
    pub(super) receiver: Receiver,
}

/// Everything outside of the hub.
pub(super) struct World {
    pub(super) dir: PathBuf,
    pub(super) config: PathBuf,
    pub(super) secrets: Secrets,
    pub(super) erp: Place,
    pub(super) wms: Place,
    pub(super) crm: Place,
    pub(super) gateway: Top,
    /// Where everything is kept, when that is not a folder.
    pub(super) cluster: Option<Cluster>,
    /// Removes the folder when it goes away; none when the user chose the folder.
    temporary: Option<TempDir>,
}

impl World {
    /// Starts everything in a folder of its own, or in `data`, which must be empty.
    ///
    /// # Errors
    /// What could not be made.
    pub(super) async fn start(
        data: Option<&Path>,
        seed: u64,
        cluster: Option<Cluster>,
    ) -> Result<Self, String> {
        let (dir, temporary) = match data {
            Some(dir) => (empty(dir)?, None),
            None => {
                let made = tempfile::Builder::new().prefix("crossdock-demo-").tempdir();
                let made = made.map_err(|error| format!("cannot make a temporary folder: {error}"))?;
                (made.path().to_owned(), Some(made))
            }
        };
        log(&dir)?;
        let mut rng = Rng::named(seed, "secrets");
        let mut word = || format!("demo-{:016x}{:016x}", rng.draw(), rng.draw());
        let secrets = Secrets { shopify: word(), taobao_path: word(), sf_path: word() };
        let (app_secret, session) = (word(), word());
        let now: Clock = Arc::new(clock::now);
        let started =
            |what: &'static str| move |error: std::io::Error| format!("cannot start the {what}: {error}");

        let options = top::Options {
            app_key: "12345678".to_owned(),
            secret: app_secret.clone(),
            session: session.clone(),
            clock: Arc::clone(&now),
            faults: top::Faults { seed, limited: 1, remote: 10, broken: 5, ..top::Faults::default() },
        };
        let gateway = Top::start(options).await.map_err(started("gateway"))?;
        let keys = ["erp", "wms", "crm"].map(|name| receiver::demo_secret(seed ^ hash(name)));
        let wms_faults = Faults {
            seed,
            // Each stops all calls for a second, as it asks.
            throttle: 4,
            retry_after_seconds: 1,
            error: 40,
            lost_reply: 20,
            slow: 10,
            slow_for: Duration::from_millis(80),
            ..Faults::default()
        };
        let [erp_key, wms_key, crm_key] = &keys;
        let erp = Place::start("erp", erp_key, Faults::default(), &now).await?;
        let wms = Place::start("wms", wms_key, wms_faults, &now).await?;
        let crm = Place::start("crm", crm_key, Faults::default(), &now).await?;

        let files = [
            ("shopify", &secrets.shopify),
            ("taobao-app", &app_secret),
            ("taobao-session", &session),
            ("taobao-path", &secrets.taobao_path),
            ("sf-path", &secrets.sf_path),
            ("erp", erp_key),
            ("wms", wms_key),
            ("crm", crm_key),
        ];
        for (name, value) in files {
            write(&dir.join("secrets").join(name), value)?;
        }
        let mut text = TEMPLATE
            .replace("@DIR@", &dir.display().to_string().replace('\\', "/"))
            .replace("@GATEWAY@", &gateway.url())
            .replace("@ERP@", &erp.receiver.url())
            .replace("@WMS@", &wms.receiver.url())
            .replace("@CRM@", &crm.receiver.url());
        if let Some(cluster) = &cluster {
            let dir = dir.display().to_string().replace('\\', "/");
            let own = format!("[data]\nbackbone = \"jetstream\"\ndir = \"{dir}/hub-1\"\n");
            text = text.replace(&format!("[data]\ndir = \"{dir}\"\n"), &own);
            text.push_str(&cluster.config());
        }
        let config = dir.join(config::FILE_NAME);
        write(&config, &text)?;
        Ok(Self { dir, config, secrets, erp, wms, crm, gateway, cluster, temporary })
    }

    /// The receivers, in the order in which they are shown.
    pub(super) fn places(&self) -> [&Place; 3] {
        [&self.erp, &self.wms, &self.crm]
    }

    /// Whether the folder goes away with the demo.
    pub(super) fn is_temporary(&self) -> bool {
        self.temporary.is_some()
    }

    /// Stops everything and removes the folder when it was temporary.
    pub(super) async fn stop(self) {
        for place in [self.erp, self.wms, self.crm] {
            place.receiver.stop().await;
        }
        self.gateway.stop().await;
        drop(self.cluster);
        let Some(temporary) = self.temporary else { return };
        // A file that was being read when the demo was stopped may go a moment later.
        let path = temporary.keep();
        for _ in 0..20 {
            match fs::remove_dir_all(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                _ => return,
            }
        }
    }
}

impl Place {
    async fn start(id: &'static str, secret: &str, faults: Faults, now: &Clock) -> Result<Self, String> {
        let key = secret.strip_prefix("whsec_").and_then(sign::unbase64).unwrap_or_default();
        let options = receiver::Options { faults, ..receiver::Options::new(key, Arc::clone(now)) };
        let receiver = Receiver::start(options).await;
        Ok(Self {
            id,
            receiver: receiver.map_err(|error| format!("cannot start the receiver {id}: {error}"))?,
        })
    }
}

/// What the hub has to say goes into a file, not between the bars. Where logs are set up already, they stay.
fn log(dir: &Path) -> Result<(), String> {
    let path = dir.join("hub.log");
    let file = File::create(&path).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    let layer =
        tracing_subscriber::fmt().json().with_max_level(tracing::Level::WARN).with_writer(Mutex::new(file));
    // An error says that there is somebody who listens.
    drop(layer.try_init());
    Ok(())
}

fn hash(name: &str) -> u64 {
    Rng::named(0, name).draw()
}

fn empty(dir: &Path) -> Result<PathBuf, String> {
    let shown = dir.display();
    fs::create_dir_all(dir).map_err(|error| format!("cannot make {shown}: {error}"))?;
    let mut held = fs::read_dir(dir).map_err(|error| format!("cannot read {shown}: {error}"))?;
    if held.next().is_some() {
        return Err(format!(
            "{shown} is not empty: the demo counts everything from the start, give it a new folder"
        ));
    }
    fs::canonicalize(dir).map_err(|error| format!("cannot read {shown}: {error}"))
}

/// Writes a file that only its owner can read.
pub(super) fn write(path: &Path, text: &str) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    let mut options = File::options();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).and_then(|mut file| file.write_all(text.as_bytes())).map_err(failed)
}
