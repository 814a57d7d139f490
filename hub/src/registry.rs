//! Which connectors are compiled in: one line each, behind a feature of the same name.
//!
//! This is the only list of them. The command, the table of the README and the fuzz targets take theirs from here, so
//! that a new connector is its own folder, its line here and its feature in this crate's manifest.

use crossdock_connector::{Connector, ConnectorConfig, Descriptor, Error, Parts, Result, Role, settings};
use toml::Table;

/// A connector that is compiled in.
#[derive(Clone, Copy)]
pub struct Entry {
    /// What it says about itself.
    pub descriptor: &'static Descriptor,
    /// A complete settings table as TOML.
    pub example: fn() -> &'static str,
    /// JSON Schema of its settings.
    pub schema: fn() -> schemars::Schema,
    /// Builds its parts from resolved settings.
    pub build: fn(Table) -> Result<Parts>,
}

impl Entry {
    fn of<C: Connector>() -> Self {
        Self {
            descriptor: &C::DESCRIPTOR,
            example: C::Config::example,
            schema: || schemars::schema_for!(C::Config),
            build: |table| {
                let config: C::Config = settings::read(table)?;
                config.validate()?;
                C::build(config)
            },
        }
    }

    /// Its folder below `connectors/`, as `carriers/zto`.
    pub fn folder(&self) -> String {
        let kind = match self.descriptor.role {
            Role::Platform => "platforms",
            Role::Carrier => "carriers",
            Role::Sink => "sinks",
        };
        format!("{kind}/{}", self.descriptor.id)
    }

    /// Builds the connector's parts from its resolved settings.
    ///
    /// # Errors
    /// `Config` with the key and what is allowed.
    pub fn build(&self, settings: Table) -> Result<Parts> {
        (self.build)(settings)
    }
}

/// All connectors, platforms first, then carriers, then sinks.
pub fn all() -> Vec<Entry> {
    vec![
        #[cfg(feature = "amazon")]
        Entry::of::<crossdock_amazon::Amazon>(),
        #[cfg(feature = "douyin")]
        Entry::of::<crossdock_douyin::Douyin>(),
        #[cfg(feature = "edi")]
        Entry::of::<crossdock_edi::Edi>(),
        #[cfg(feature = "jd")]
        Entry::of::<crossdock_jd::Jd>(),
        #[cfg(feature = "own-store")]
        Entry::of::<crossdock_own_store::OwnStore>(),
        #[cfg(feature = "pinduoduo")]
        Entry::of::<crossdock_pinduoduo::Pinduoduo>(),
        #[cfg(feature = "sheet")]
        Entry::of::<crossdock_sheet::Sheet>(),
        #[cfg(feature = "shopify")]
        Entry::of::<crossdock_shopify::Shopify>(),
        #[cfg(feature = "taobao")]
        Entry::of::<crossdock_taobao::Taobao>(),
        #[cfg(feature = "woocommerce")]
        Entry::of::<crossdock_woocommerce::Woocommerce>(),
        #[cfg(feature = "17track")]
        Entry::of::<crossdock_17track::SeventeenTrack>(),
        #[cfg(feature = "cainiao")]
        Entry::of::<crossdock_cainiao::Cainiao>(),
        #[cfg(feature = "dhl")]
        Entry::of::<crossdock_dhl::Dhl>(),
        #[cfg(feature = "fedex")]
        Entry::of::<crossdock_fedex::Fedex>(),
        #[cfg(feature = "jd-logistics")]
        Entry::of::<crossdock_jd_logistics::JdLogistics>(),
        #[cfg(feature = "kuaidi100")]
        Entry::of::<crossdock_kuaidi100::Kuaidi100>(),
        #[cfg(feature = "sf")]
        Entry::of::<crossdock_sf::Sf>(),
        #[cfg(feature = "ups")]
        Entry::of::<crossdock_ups::Ups>(),
        #[cfg(feature = "usps")]
        Entry::of::<crossdock_usps::Usps>(),
        #[cfg(feature = "yto")]
        Entry::of::<crossdock_yto::Yto>(),
        #[cfg(feature = "zto")]
        Entry::of::<crossdock_zto::Zto>(),
        #[cfg(feature = "dingtalk")]
        Entry::of::<crossdock_dingtalk::Dingtalk>(),
        #[cfg(feature = "feishu")]
        Entry::of::<crossdock_feishu::Feishu>(),
        #[cfg(feature = "file")]
        Entry::of::<crossdock_file::File>(),
        #[cfg(feature = "hubspot")]
        Entry::of::<crossdock_hubspot::Hubspot>(),
        #[cfg(feature = "jiandaoyun")]
        Entry::of::<crossdock_jiandaoyun::Jiandaoyun>(),
        #[cfg(feature = "kingdee")]
        Entry::of::<crossdock_kingdee::Kingdee>(),
        #[cfg(feature = "odoo")]
        Entry::of::<crossdock_odoo::Odoo>(),
        #[cfg(feature = "postgres")]
        Entry::of::<crossdock_postgres::Postgres>(),
        #[cfg(feature = "qimen-wms")]
        Entry::of::<crossdock_qimen_wms::QimenWms>(),
        #[cfg(feature = "salesforce")]
        Entry::of::<crossdock_salesforce::Salesforce>(),
        #[cfg(feature = "wangdiantong")]
        Entry::of::<crossdock_wangdiantong::Wangdiantong>(),
        #[cfg(feature = "webhook")]
        Entry::of::<crossdock_webhook::Webhook>(),
        #[cfg(feature = "wecom")]
        Entry::of::<crossdock_wecom::Wecom>(),
        #[cfg(feature = "yonyou")]
        Entry::of::<crossdock_yonyou::Yonyou>(),
    ]
}

/// A connector by its id.
///
/// # Errors
/// `Config` that lists the known ids.
pub fn find(id: &str) -> Result<Entry> {
    let all = all();
    all.iter().find(|entry| entry.descriptor.id == id).copied().ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|entry| entry.descriptor.id).collect();
        Error::config(format!("no connector `{id}`; compiled in are {}", known.join(", ")))
    })
}
