//! A place for a sink that delivers for real: what the words in `sink_settings` stand for.

use std::io;

use tempfile::TempDir;

#[cfg(unix)]
use crate::standin::postgres::Postgres;

/// What was made for a sink. It is gone when this is dropped.
pub(super) struct Place {
    folder: TempDir,
    #[cfg(unix)]
    postgres: Option<Postgres>,
}

impl Place {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            folder: tempfile::tempdir()?,
            #[cfg(unix)]
            postgres: None,
        })
    }

    /// Settings with the words replaced: `{tmp}` by an empty folder, `{postgres}` and `{postgres_port}` by a server.
    pub(super) fn fill(&mut self, settings: &str) -> io::Result<String> {
        let settings = settings.replace("{tmp}", &self.folder.path().display().to_string());
        if settings.contains("{postgres") { self.postgres(&settings) } else { Ok(settings) }
    }

    #[cfg(unix)]
    fn postgres(&mut self, settings: &str) -> io::Result<String> {
        let server = Postgres::start()?;
        let filled = settings
            .replace("{postgres}", &server.socket_folder().display().to_string())
            .replace("{postgres_port}", &server.port().to_string());
        self.postgres = Some(server);
        Ok(filled)
    }

    #[cfg(not(unix))]
    fn postgres(&mut self, _: &str) -> io::Result<String> {
        Err(io::Error::other("a server for {postgres} is started on Unix only"))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_started_that_nobody_asks_for() {
        let mut place = Place::new().unwrap();
        let filled = place.fill("path = '{tmp}/a', port = 5").unwrap();
        assert!(filled.ends_with("/a', port = 5") && !filled.contains("{tmp}"), "{filled}");
        assert!(place.postgres.is_none());
    }

    #[test]
    fn a_server_is_there_while_the_place_is() {
        let mut place = Place::new().unwrap();
        let filled = place.fill("{postgres}/.s.PGSQL.{postgres_port}").unwrap();
        let socket = std::path::PathBuf::from(filled);
        std::os::unix::net::UnixStream::connect(&socket).unwrap();
        drop(place);
        assert!(!socket.exists());
    }
}
