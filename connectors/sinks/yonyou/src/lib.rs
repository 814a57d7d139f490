#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod config;
mod lines;
mod plan;
mod reply;
mod sink;
mod talk;
mod u8;
mod yonbip;

use std::sync::Arc;

use crossdock_connector::{
    Call, Capabilities, Connector, ConnectorConfig, Descriptor, Error, Maturity, Parts, Quota, Result, Role,
    Session, SinkPart,
};

pub use config::{Approve, Bundles, Config, Product, U8Config, Withdraw, YonbipConfig};

use sink::YonyouSink;
use talk::Desk;
use u8::{U8Desk, U8Session};
use yonbip::{YonbipDesk, YonbipSession};

/// Yonyou YonBIP and U8, which take orders as sales orders.
pub struct Yonyou;

impl Connector for Yonyou {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "yonyou",
        title: "Yonyou YonBIP and U8 用友",
        role: Role::Sink,
        vendor_api: "YonBIP open platform voucherorder; U8 OpenAPI saleorder",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities { deliver: true, max_batch: Some(1), ..Capabilities::NONE },
        quotas: &[Quota {
            scope: "each of singleSave, list and detail, per tenant (YonBIP, from 2026-03-31)",
            of: &[Call::Deliver],
            calls: 60,
            seconds: 60,
        }],
    };

    fn build(config: Config) -> Result<Parts> {
        config.validate()?;
        let missing = |name: &str| Error::config("is needed for this `product`").at(name);
        let session: Arc<dyn Session> = match config.product {
            Product::Yonbip => {
                let settings = config.yonbip.as_ref().ok_or_else(|| missing("yonbip"))?;
                Arc::new(YonbipSession {
                    token_url: settings.token_url.clone(),
                    app_key: settings.app_key.clone(),
                    app_secret: settings.app_secret.clone(),
                })
            }
            Product::U8 => {
                let settings = config.u8.as_ref().ok_or_else(|| missing("u8"))?;
                Arc::new(U8Session {
                    base_url: settings.base_url.clone(),
                    from_account: settings.from_account.clone(),
                    app_key: settings.app_key.clone(),
                    app_secret: settings.app_secret.clone(),
                })
            }
        };
        let config = Arc::new(config);
        let desk: Box<dyn Desk> = match config.product {
            Product::Yonbip => Box::new(YonbipDesk { config: Arc::clone(&config) }),
            Product::U8 => Box::new(U8Desk { config: Arc::clone(&config) }),
        };
        let sink = SinkPart::Http(Arc::new(YonyouSink { config, desk }));
        Ok(Parts { session: Some(session), sink: Some(sink), ..Parts::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_connector::settings;

    /// The example's settings with others in their place.
    fn table(changes: &str) -> toml::Table {
        let mut table: toml::Table = Config::example().parse().unwrap();
        merge(&mut table, changes.parse().unwrap());
        settings::resolve(&mut table, &|_| Ok("example-secret".to_owned())).unwrap();
        table
    }

    pub(crate) fn config(changes: &str) -> Config {
        let config: Config = settings::read(table(changes)).unwrap();
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
    fn settings_that_cannot_work_are_named() {
        for (changes, path) in [
            ("number_prefix = \"a'b\"", "number_prefix"),
            ("utc_offset = 'Asia/Shanghai'", "utc_offset"),
            ("ready = ['payed']", "ready"),
            ("tax_percent = '-1'", "tax_percent"),
            ("fields.memo = 'order.curency'", "fields.memo"),
            ("yonbip.gateway_url = 'http://c0.example.com/iuap-api-gateway'", "yonbip.gateway_url"),
            ("yonbip.exchange_rates.USD = 'seven'", "yonbip.exchange_rates.USD"),
            ("product = 'u8'", "u8"),
        ] {
            let error = settings::read::<Config>(table(changes)).and_then(|config| config.validate());
            assert_eq!(error.unwrap_err().path.as_deref(), Some(path), "{changes}");
        }
    }

    #[test]
    fn u8_knows_fewer_steps() {
        let u8 = "product = 'u8'\n[u8]\nfrom_account = 'a'\nto_account = 'b'\napp_key = 'k'\n\
                  app_secret = { env = 'X' }\nsale_type = '01'\ndepartments = { '*' = '01' }\n";
        let check = |more: &str| {
            let mut table = table(&format!("{more}\n{u8}"));
            table.remove("yonbip");
            settings::read::<Config>(table).and_then(|config| config.validate())
        };
        assert!(check("").is_ok());
        assert_eq!(check("approve = 'submit'").unwrap_err().path.as_deref(), Some("approve"));
        assert_eq!(check("withdraw = 'delete'").unwrap_err().path.as_deref(), Some("withdraw"));
    }
}
