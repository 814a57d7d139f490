//! Connecting, with everything that makes a lost connection and a missing permission visible.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::ContextBuilder;
use async_nats::{Client, ConnectOptions, Event, ServerAddr};

use super::{FLOOR, NatsError, Result, SAFE, Version};
use crate::config::Nats;

/// How long an answer of the servers may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// A dead peer is noticed after two of these.
const PING: Duration = Duration::from_secs(10);

/// A connection that comes back by itself.
#[derive(Clone)]
pub struct Link {
    /// Core NATS.
    pub client: Client,
    /// JetStream.
    pub jetstream: Context,
    /// The version of the server first reached.
    pub version: Version,
    refused: Arc<Mutex<Option<String>>>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("version", &self.version).finish_non_exhaustive()
    }
}

impl Link {
    /// What the servers said last about permissions; a call without permission only times out.
    pub fn refused(&self) -> Option<String> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// An error of a call in words, with what the servers said about permissions.
    pub fn explain(&self, what: &str, error: &dyn std::fmt::Display) -> String {
        match self.refused() {
            Some(refused) => format!("{what}: {error} (the server said: {refused})"),
            None => format!("{what}: {error}"),
        }
    }
}

/// Connects to the first server that answers, and refuses one that is too old.
///
/// # Errors
/// `Refused` for what is wrong in the configuration, wrong credentials and old servers; `Away` when none answers.
pub async fn connect(config: &Nats, name: &str) -> Result<Link> {
    let servers = addresses(&config.servers)?;
    let refused = Arc::new(Mutex::new(None));
    let heard = Arc::clone(&refused);
    let mut options = ConnectOptions::new()
        .name(format!("crossdock/{name}"))
        .ping_interval(PING)
        .connection_timeout(TIMEOUT)
        .custom_inbox_prefix(&config.inbox_prefix)
        .event_callback(move |event| {
            match &event {
                Event::ServerError(error) => {
                    tracing::error!(error = %error, "a NATS server refuses");
                    *heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
                }
                Event::Connected => tracing::debug!("connected to NATS"),
                other => tracing::warn!(event = %other, "connection to NATS"),
            }
            std::future::ready(())
        });
    if let Some(path) = &config.ca {
        options = options.add_root_certificates(path.clone());
    }
    options = credentials(options, config)?;
    let shown = config.servers.join(", ");
    let client = options.connect(servers).await.map_err(|error| {
        use async_nats::ConnectErrorKind::{Authentication, AuthorizationViolation, Tls};
        let said = format!("cannot connect to NATS at {shown}: {error}");
        match error.kind() {
            Authentication | AuthorizationViolation => {
                NatsError::Refused(format!("{said}; check nats.user, nats.credentials or nats.nkey"))
            }
            Tls => NatsError::Refused(format!("{said}; check nats.ca")),
            _ => NatsError::Away(said),
        }
    })?;
    let said = client.server_info().version;
    let version = Version::read(&said)
        .ok_or_else(|| NatsError::Refused(format!("the NATS server says no version: `{said}`")))?;
    if version < FLOOR {
        return Err(NatsError::Refused(format!(
            "the NATS server is {version}; at least {FLOOR} is needed, because older ones ignore what they do not know \
             and lose what they acknowledged when a cluster changes. Install {} or newer.",
            SAFE[1]
        )));
    }
    if !version.is_safe() {
        tracing::warn!(version = %version, wanted = %SAFE[1], "this NATS server can damage compressed blocks");
    }
    let jetstream = ContextBuilder::new().timeout(TIMEOUT).build(client.clone());
    Ok(Link { client, jetstream, version, refused })
}

fn addresses(servers: &[String]) -> Result<Vec<ServerAddr>> {
    if servers.is_empty() {
        return Err(NatsError::Refused(
            "nats.servers is empty: name at least one, for example \"nats://localhost:4222\"".into(),
        ));
    }
    servers
        .iter()
        .map(|server| {
            server.parse().map_err(|error| NatsError::Refused(format!("nats.servers: `{server}`: {error}")))
        })
        .collect()
}

fn credentials(options: ConnectOptions, config: &Nats) -> Result<ConnectOptions> {
    let refuse =
        |key: &str, error: &dyn std::fmt::Display| NatsError::Refused(format!("nats.{key}: {error}"));
    if let Some(path) = &config.credentials {
        let text = read(path).map_err(|error| refuse("credentials", &error))?;
        return options.credentials(&text).map_err(|error| refuse("credentials", &error));
    }
    if let Some(path) = &config.nkey {
        let seed = read(path).map_err(|error| refuse("nkey", &error))?;
        return Ok(options.nkey(seed.trim().to_owned()));
    }
    let Some(user) = &config.user else { return Ok(options) };
    let password = match &config.password {
        Some(reference) => reference.read().map_err(|error| refuse("password", &error))?,
        None => String::new(),
    };
    Ok(options.user_and_password(user.clone(), password))
}

fn read(path: &Path) -> std::io::Result<String> {
    std::fs::read_to_string(path)
}
