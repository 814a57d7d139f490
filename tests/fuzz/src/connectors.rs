//! The connectors that are fuzzed: one line each, checked against the folders by the house rules.

use crossdock_testkit::conformance::Subject;

macro_rules! connectors {
    ($($folder:literal => $connector:ty,)+) => {
        /// Folders below `connectors/`, as `carriers/zto`.
        pub const FOLDERS: &[&str] = &[$($folder),+];

        /// The connector in a folder.
        pub(crate) fn subject(folder: &str) -> Option<Subject> {
            match folder {
                $($folder => Some(Subject::new::<$connector>(
                    concat!(env!("CARGO_MANIFEST_DIR"), "/../../connectors/", $folder),
                    None,
                    |_| None,
                )),)+
                _ => None,
            }
        }
    };
}

// The receivers `file` and `postgres` speak no HTTP: no bytes of others come in.
connectors! {
    "carriers/17track" => crossdock_17track::SeventeenTrack,
    "carriers/cainiao" => crossdock_cainiao::Cainiao,
    "carriers/dhl" => crossdock_dhl::Dhl,
    "carriers/fedex" => crossdock_fedex::Fedex,
    "carriers/jd-logistics" => crossdock_jd_logistics::JdLogistics,
    "carriers/kuaidi100" => crossdock_kuaidi100::Kuaidi100,
    "carriers/sf" => crossdock_sf::Sf,
    "carriers/ups" => crossdock_ups::Ups,
    "carriers/usps" => crossdock_usps::Usps,
    "carriers/yto" => crossdock_yto::Yto,
    "carriers/zto" => crossdock_zto::Zto,
    "platforms/amazon" => crossdock_amazon::Amazon,
    "platforms/douyin" => crossdock_douyin::Douyin,
    "platforms/edi" => crossdock_edi::Edi,
    "platforms/jd" => crossdock_jd::Jd,
    "platforms/own-store" => crossdock_own_store::OwnStore,
    "platforms/pinduoduo" => crossdock_pinduoduo::Pinduoduo,
    "platforms/sheet" => crossdock_sheet::Sheet,
    "platforms/shopify" => crossdock_shopify::Shopify,
    "platforms/taobao" => crossdock_taobao::Taobao,
    "platforms/woocommerce" => crossdock_woocommerce::Woocommerce,
    "sinks/dingtalk" => crossdock_dingtalk::Dingtalk,
    "sinks/feishu" => crossdock_feishu::Feishu,
    "sinks/hubspot" => crossdock_hubspot::Hubspot,
    "sinks/jiandaoyun" => crossdock_jiandaoyun::Jiandaoyun,
    "sinks/kingdee" => crossdock_kingdee::Kingdee,
    "sinks/odoo" => crossdock_odoo::Odoo,
    "sinks/qimen-wms" => crossdock_qimen_wms::QimenWms,
    "sinks/salesforce" => crossdock_salesforce::Salesforce,
    "sinks/wangdiantong" => crossdock_wangdiantong::Wangdiantong,
    "sinks/webhook" => crossdock_webhook::Webhook,
    "sinks/wecom" => crossdock_wecom::Wecom,
    "sinks/yonyou" => crossdock_yonyou::Yonyou,
}
