//! Settings of a file sink.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::Offset;
use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{ConnectorConfig, Error, Result};

/// When a new file is begun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Rotate {
    /// Never: who moves the file away does it.
    #[default]
    None,
    /// One a day: `events-2026-11-21.ndjson`.
    Daily,
}

/// Settings of a file sink.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The file. Its folder has to be there.
    pub path: PathBuf,
    /// When a new file is begun.
    #[serde(default)]
    pub rotate: Rotate,
}

impl Config {
    /// The file that an event recorded at this time goes to.
    pub(crate) fn file_for(&self, recorded_at: Timestamp) -> PathBuf {
        match self.rotate {
            Rotate::None => self.path.clone(),
            Rotate::Daily => {
                let day = Offset::UTC.to_datetime(recorded_at).date();
                let mut name = self.path.file_stem().unwrap_or_default().to_os_string();
                name.push(format!("-{day}"));
                if let Some(extension) = self.path.extension() {
                    name.push(".");
                    name.push(extension);
                }
                self.path.with_file_name(name)
            }
        }
    }
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        let text = self.path.to_string_lossy();
        if self.path.file_name().is_none() || text.ends_with(['/', '\\']) || text.contains('\0') {
            return Err(
                Error::config("expected a file, like /var/lib/crossdock/outbox/events.ndjson").at("path")
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(path: &str, rotate: Rotate) -> Config {
        Config { path: path.into(), rotate }
    }

    #[test]
    fn a_day_is_a_utc_day() {
        let daily = config("out/events.ndjson", Rotate::Daily);
        let name = |at: &str| daily.file_for(at.parse().unwrap()).to_string_lossy().into_owned();
        assert_eq!(name("2026-11-21T23:59:59.999Z"), "out/events-2026-11-21.ndjson");
        assert_eq!(name("2026-11-22T00:00:00Z"), "out/events-2026-11-22.ndjson");
        assert_eq!(name("2026-11-22T07:30:00+08:00"), "out/events-2026-11-21.ndjson");
        let bare = config("events", Rotate::Daily).file_for("2026-11-21T00:00:00Z".parse().unwrap());
        assert_eq!(bare.to_string_lossy(), "events-2026-11-21");
        let none = config("out/events.ndjson", Rotate::None).file_for(Timestamp::UNIX_EPOCH);
        assert_eq!(none.to_string_lossy(), "out/events.ndjson");
    }

    #[test]
    fn a_folder_is_not_a_file() {
        for bad in ["", "/", "out/", "..", "a\0b"] {
            let error = config(bad, Rotate::None).validate().expect_err(bad);
            assert_eq!(error.path.as_deref(), Some("path"), "{bad:?}");
        }
        assert!(config("events.ndjson", Rotate::None).validate().is_ok());
    }
}
