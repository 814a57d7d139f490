use crossdock_connector::settings;

use super::*;

/// The example with some lines changed, as the hub would read it.
pub(crate) fn config(change: &[(&str, &str)]) -> Result<Config> {
    let mut text = Config::example().to_owned();
    for (from, to) in change {
        assert!(text.contains(from), "{from} is not in the example");
        text = text.replacen(from, to, 1);
    }
    let mut table: toml::Table = text.parse().unwrap();
    settings::resolve(&mut table, &|_| Ok("demo-secret:demo-salt".to_owned()))?;
    let config: Config = settings::read(table)?;
    config.validate()?;
    Ok(config)
}

fn refused(change: &[(&str, &str)], path: &str) {
    let error = config(change).map(drop).expect_err(path);
    assert_eq!(error.path.as_deref(), Some(path), "{error}");
}

#[test]
fn each_generation_has_its_address() {
    for (name, url) in [
        ("qyb", "https://api.wangdian.cn/openapi2"),
        ("y", "https://openapi.huice.com/openapi"),
        ("qjb", "https://wdt.wangdian.cn/openapi"),
    ] {
        let change = [
            ("generation = \"qyb\"", &*format!("generation = \"{name}\"")),
            ("switch = 1", ""),
            ("[warehouses]\n\"HZ-1\" = \"WH01\"", ""),
        ];
        assert_eq!(config(&change).unwrap().base(), url);
    }
    let own = config(&[("# base_url", "base_url")]).unwrap();
    assert_eq!(own.base(), "https://sandbox.wangdian.cn/openapi2");
    refused(&[("# base_url = \"https", "base_url = \"http")], "base_url");
}

#[test]
fn prefixes_keep_shops_apart() {
    refused(&[("\"taobao\" = \"tb-\"", "\"*\" = \"tb-\"")], "prefixes.\"*\"");
    refused(&[("\"taobao\" = \"tb-\"", "\"taobao\" = \"sp-\"")], "prefixes.\"taobao\"");
    refused(&[("\"taobao\" = \"tb-\"", "\"taobao\" = \"淘-\"")], "prefixes.\"taobao\"");
    refused(&[("\"taobao\" = \"tb-\"", ""), ("\"shopify\" = \"sp-\"", "")], "prefixes");
}

#[test]
fn what_one_generation_lacks_is_refused() {
    let qjb = ("generation = \"qyb\"", "generation = \"qjb\"");
    refused(&[qjb], "switch");
    refused(&[qjb, ("switch = 1", "")], "warehouses");
    refused(&[("switch = 1", "switch = 2")], "switch");
    refused(&[("[statuses]", "[pay_methods]\nalipay = 7\n[statuses]")], "pay_methods");
    refused(&[("[statuses]", "[invoice_types]\npersonal = 1\n[statuses]")], "invoice_types");
}

#[test]
fn a_field_of_ours_is_not_filled_twice() {
    refused(&[("buyer_email = ", "tid = ")], "fields.tid");
    refused(&[("currency = \"CNY\"", "currency = \"yuan\"")], "currency");
}
