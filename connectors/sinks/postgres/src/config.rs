//! Settings of a PostgreSQL sink.

use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{ConnectorConfig, Error, Result, Secret};

use crate::identifier::check_schema;

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SslMode {
    /// Not at all: names and addresses travel in the clear.
    Disable,
    /// Encrypted, without checking who answers.
    Require,
    /// Encrypted, with a certificate that is trusted and names the host.
    Verify,
}

/// Settings of a PostgreSQL sink.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// A host name, an address, or the folder of a Unix socket.
    pub host: String,
    /// Its port.
    #[serde(default = "port")]
    pub port: u16,
    /// The database.
    pub database: String,
    /// The user.
    pub user: String,
    /// The user's password, where the server asks for one.
    pub password: Option<Secret>,
    /// How the connection is protected: `verify` unless it is said, `disable` on a Unix socket.
    pub sslmode: Option<SslMode>,
    /// Certificates that are trusted instead of the public ones, as PEM.
    pub ca_file: Option<PathBuf>,
    /// The schema that holds the tables.
    #[serde(default = "default_schema")]
    pub schema: String,
    /// Whether the sink makes its tables and brings older ones up to date.
    #[serde(default = "yes")]
    pub create_tables: bool,
    /// Most connections at a time, 1 to 100.
    #[serde(default = "connections")]
    pub connections: u32,
    /// Longest that a connection may take, 1 to 600.
    #[serde(default = "connect_timeout")]
    pub connect_timeout_seconds: u32,
    /// Longest that one statement may take, 1 to 3600.
    #[serde(default = "timeout")]
    pub timeout_seconds: u32,
}

fn port() -> u16 {
    5432
}

fn default_schema() -> String {
    "crossdock".to_owned()
}

fn yes() -> bool {
    true
}

fn connections() -> u32 {
    8
}

fn connect_timeout() -> u32 {
    10
}

fn timeout() -> u32 {
    30
}

impl Config {
    /// Whether the host is the folder of a Unix socket.
    pub(crate) fn is_socket(&self) -> bool {
        self.host.starts_with('/')
    }

    /// How the connection is protected.
    pub(crate) fn protection(&self) -> SslMode {
        self.sslmode.unwrap_or(if self.is_socket() { SslMode::Disable } else { SslMode::Verify })
    }

    pub(crate) fn connect_timeout(&self) -> Duration {
        Duration::from_secs(u64::from(self.connect_timeout_seconds))
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(u64::from(self.timeout_seconds))
    }

    fn check_protection(&self) -> Result<()> {
        let protection = self.protection();
        if self.is_socket() && protection != SslMode::Disable {
            return Err(Error::config("a Unix socket is never encrypted: leave it out").at("sslmode"));
        }
        if self.ca_file.is_some() && protection != SslMode::Verify {
            return Err(Error::config("is only read with sslmode = \"verify\"").at("ca_file"));
        }
        Ok(())
    }
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        for (key, text) in [("host", &self.host), ("database", &self.database), ("user", &self.user)] {
            if text.trim().is_empty() || text.contains('\0') {
                return Err(Error::config("is empty or holds a zero byte").at(key));
            }
        }
        if !self.is_socket() && self.host.contains([',', '/', ' ']) {
            let what =
                "expected one host name or address, or the folder of a Unix socket like /run/postgresql";
            return Err(Error::config(what).at("host"));
        }
        if self.password.as_ref().is_some_and(|password| password.expose().contains(&0)) {
            return Err(Error::config("holds a zero byte").at("password"));
        }
        if self.port == 0 {
            return Err(Error::config("allowed are 1 to 65535").at("port"));
        }
        self.check_protection()?;
        check_schema(&self.schema).map_err(|error| error.at("schema"))?;
        let limits = [
            ("connections", self.connections, 100),
            ("connect_timeout_seconds", self.connect_timeout_seconds, 600),
            ("timeout_seconds", self.timeout_seconds, 3600),
        ];
        for (key, value, most) in limits {
            if !(1..=most).contains(&value) {
                return Err(Error::config(format!("allowed are 1 to {most}")).at(key));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config {
            host: "db.example.com".into(),
            port: 5432,
            database: "shop".into(),
            user: "crossdock".into(),
            password: None,
            sslmode: None,
            ca_file: None,
            schema: default_schema(),
            create_tables: true,
            connections: 8,
            connect_timeout_seconds: 10,
            timeout_seconds: 30,
        }
    }

    #[test]
    fn what_is_not_said_is_safe() {
        assert_eq!(config().protection(), SslMode::Verify);
        let socket = Config { host: "/run/postgresql".into(), ..config() };
        assert_eq!(socket.protection(), SslMode::Disable);
        assert!(socket.validate().is_ok());
        let said = Config { sslmode: Some(SslMode::Require), ..config() };
        assert_eq!(said.protection(), SslMode::Require);
    }

    #[test]
    fn what_cannot_work_is_refused_at_its_key() {
        let cases = [
            ("host", Config { host: " ".into(), ..config() }),
            ("host", Config { host: "one,two".into(), ..config() }),
            ("host", Config { host: "postgres://db".into(), ..config() }),
            ("database", Config { database: "a\0".into(), ..config() }),
            ("user", Config { user: String::new(), ..config() }),
            ("password", Config { password: Some(Secret::new("a\0")), ..config() }),
            ("port", Config { port: 0, ..config() }),
            ("schema", Config { schema: "pg_catalog".into(), ..config() }),
            ("sslmode", Config { host: "/run".into(), sslmode: Some(SslMode::Verify), ..config() }),
            ("ca_file", Config { sslmode: Some(SslMode::Require), ca_file: Some("ca".into()), ..config() }),
            ("connections", Config { connections: 0, ..config() }),
            ("connections", Config { connections: 101, ..config() }),
            ("connect_timeout_seconds", Config { connect_timeout_seconds: 0, ..config() }),
            ("timeout_seconds", Config { timeout_seconds: 3601, ..config() }),
        ];
        assert!(config().validate().is_ok());
        for (key, config) in cases {
            let error = config.validate().expect_err(key);
            assert_eq!(error.path.as_deref(), Some(key), "{error}");
        }
    }
}
