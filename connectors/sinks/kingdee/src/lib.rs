#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod bill;
mod bills;
mod call;
mod config;
mod documents;
mod error;
mod model;
mod order;
mod plan;
mod reply;
mod rows;
mod session;
mod sign;
mod sink;
mod talk;

use std::sync::Arc;

use crossdock_connector::{
    Capabilities, Connector, ConnectorConfig, Descriptor, Error, Maturity, Parts, Result, Role, Secret,
    Session, SinkPart,
};

pub use bills::{Bundles, OrderConfig, Refunds, Returns, Shipments, Withdraw, WithoutLines};
pub use config::{Approve, Config, Ignored, Login};

use call::Caller;
use session::PasswordSession;
use sign::Signer;
use sink::KingdeeSink;

/// Kingdee K3Cloud, which takes orders as sales orders, parcels as outbound bills and returned goods as return bills.
pub struct Kingdee;

impl Connector for Kingdee {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "kingdee",
        title: "Kingdee K3Cloud 金蝶云星空",
        role: Role::Sink,
        vendor_api: "K3Cloud WebAPI, as in the official Python SDK 8.2.0",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            deliver: true,
            max_batch: Some(config::MAX_BATCH),
            ..Capabilities::NONE
        },
        quotas: &[],
    };

    fn build(config: Config) -> Result<Parts> {
        config.validate()?;
        let missing = |name: &str| Error::config("is needed by this `login`").at(name);
        let (signer, password): (Option<Signer>, Option<Secret>) = match config.login {
            Login::Signed => {
                let app_id = config.app_id.as_deref().ok_or_else(|| missing("app_id"))?;
                let secret = config.app_secret.as_ref().ok_or_else(|| missing("app_secret"))?;
                let (language, organization) = (config.language, &config.login_organization);
                let signer =
                    Signer::new(app_id, secret, &config.account, &config.user, language, organization)?;
                (Some(signer), None)
            }
            Login::Password => (None, Some(config.password.clone().ok_or_else(|| missing("password"))?)),
        };
        let caller = Arc::new(Caller::new(&config.base_url, signer, &config.interaction_flags));
        let session = password.map(|password| {
            let session: Arc<dyn Session> = Arc::new(PasswordSession {
                caller: Arc::clone(&caller),
                account: config.account.clone(),
                user: config.user.clone(),
                password,
                language: config.language,
            });
            session
        });
        let sink = SinkPart::Http(Arc::new(KingdeeSink { config, caller }));
        Ok(Parts { session, sink: Some(sink), ..Parts::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_connector::settings;

    /// The example's settings with others in their place.
    pub(crate) fn config(changes: &str) -> Config {
        let mut table: toml::Table = Config::example().parse().unwrap();
        for (name, value) in changes.parse::<toml::Table>().unwrap() {
            match (table.get_mut(&name), value) {
                (Some(toml::Value::Table(there)), toml::Value::Table(more)) => merge(there, more),
                (_, value) => drop(table.insert(name, value)),
            }
        }
        settings::resolve(&mut table, &|_| Ok("example-secret".to_owned())).unwrap();
        let config: Config = settings::read(table).unwrap();
        config.validate().unwrap();
        config
    }

    fn merge(there: &mut toml::Table, more: toml::Table) {
        for (name, value) in more {
            match (there.get_mut(&name), value) {
                (Some(toml::Value::Table(inner)), toml::Value::Table(more)) => merge(inner, more),
                (_, value) => drop(there.insert(name, value)),
            }
        }
    }

    #[test]
    fn what_a_login_does_not_use_is_refused() {
        let mut config = config("");
        config.app_id = Some("demoapp_QUJDREVGR0hJSktMTU5PUFFSU1RVVldY".into());
        assert_eq!(config.validate().unwrap_err().path.as_deref(), Some("app_id"));
        config.login = Login::Signed;
        assert_eq!(config.validate().unwrap_err().path.as_deref(), Some("app_secret"));
        config.app_secret = Some(Secret::new("x"));
        assert_eq!(config.validate().unwrap_err().path.as_deref(), Some("password"));
        config.password = None;
        config.validate().unwrap();
        assert!(Kingdee::build(config).unwrap().session.is_none());
    }

    #[test]
    fn settings_that_cannot_work_are_named() {
        for (changes, path) in [
            ("batch = 0", "batch"),
            ("batch = 51", "batch"),
            ("number_prefix = \"a'b\"", "number_prefix"),
            ("utc_offset = 'Asia/Shanghai'", "utc_offset"),
            ("account = 'a,b'", "account"),
            ("order.ready = ['payed']", "order.ready"),
            ("order.fields.F_x = 'order.curency'", "order.fields.F_x"),
            ("revision_field = ''", "revision_field"),
        ] {
            let mut table: toml::Table = Config::example().parse().unwrap();
            merge(&mut table, changes.parse().unwrap());
            settings::resolve(&mut table, &|_| Ok("example-secret".to_owned())).unwrap();
            let error = settings::read::<Config>(table).and_then(|config| config.validate()).unwrap_err();
            assert_eq!(error.path.as_deref(), Some(path), "{error}");
        }
    }
}
