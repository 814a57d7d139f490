//! Calls to the TOP gateway, and what its replies look like from outside.

use jiff::Timestamp;

use crossdock_connector::{Error, HttpRequest, HttpResponse, Result, time, wire};

use crate::config::Config;
use crate::error;
use crate::sign;
use crate::wire::ErrorReply;

/// Signs and frames calls.
#[derive(Debug)]
pub(crate) struct Gateway {
    config: Config,
}

impl Gateway {
    pub(crate) fn new(config: Config) -> Self {
        Self { config }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// A signed call. `format=json` is always said: the gateway's own default is XML.
    pub(crate) fn call(
        &self,
        method: &str,
        own: Vec<(&'static str, String)>,
        now: Timestamp,
    ) -> Result<HttpRequest> {
        let config = &self.config;
        let session = config.session.text("session")?;
        let mut parameters: Vec<(&str, String)> = vec![
            ("method", method.to_owned()),
            ("app_key", config.app_key.clone()),
            ("session", session.to_owned()),
            ("timestamp", china_text(now)),
            ("format", "json".to_owned()),
            ("v", "2.0".to_owned()),
            ("sign_method", config.sign_method.as_str().to_owned()),
        ];
        parameters.extend(own);
        let signed = config.sign_method.sign(config.app_secret.expose(), &parameters);
        parameters.push(("sign", signed));
        Ok(HttpRequest::post(
            config.gateway.clone(),
            "application/x-www-form-urlencoded;charset=utf-8",
            sign::form(&parameters),
        ))
    }
}

/// A time as the gateway writes it: `2026-11-21 20:00:00`, in China, whole seconds.
pub(crate) fn china_text(at: Timestamp) -> String {
    let civil = time::CHINA.to_datetime(at);
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        civil.year(),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second()
    )
}

/// Refuses everything that is not a good reply: the gateway says errors inside a 200.
pub(crate) fn accept(reply: &HttpResponse) -> Result<()> {
    let body = reply.body.as_ref();
    let parsed: Result<ErrorReply<'_>> = wire::parse(body);
    match parsed {
        Ok(ErrorReply { error_response: Some(said) }) => Err(error::read(&said, reply.retry_after())),
        Ok(ErrorReply { error_response: None }) if reply.is_success() => Ok(()),
        Err(error) if reply.is_success() => Err(error),
        _ => Err(Error::from_response(reply)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_china() {
        let at: Timestamp = "2026-11-21T16:30:05.900Z".parse().unwrap();
        assert_eq!(china_text(at), "2026-11-22 00:30:05");
    }
}
