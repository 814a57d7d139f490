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
    settings::resolve(&mut table, &|_| Ok("demo-secret".to_owned()))?;
    let config: Config = settings::read(table)?;
    config.validate()?;
    Ok(config)
}

fn refused(change: &[(&str, &str)], path: &str) {
    let error = config(change).map(drop).expect_err(path);
    assert_eq!(error.path.as_deref(), Some(path), "{error}");
}

#[test]
fn nothing_is_cancelled_where_nobody_can_be_asked() {
    let text = ("evidence = \"query\"", "evidence = \"text\"");
    refused(&[text], "held");
    refused(
        &[
            text,
            ("held = \"cancel\"", "held = \"ignore\""),
            ("changes = \"reject\"", "changes = \"recreate\""),
        ],
        "changes",
    );
    assert!(config(&[text, ("held = \"cancel\"", "held = \"ignore\"")]).is_ok());
}

#[test]
fn what_the_protocol_needs_has_to_be_there() {
    refused(&[("mobile = \"13800000009\"", "mobile = \" \"")], "sender.mobile");
    refused(&[("order_flag = \"VISIT\"", "order_flag = \"visit\"")], "returns.order_flag");
    refused(
        &[("order_names = \"key\"", "order_names = \"number\""), ("\"taobao\" = \"TB-\"", "")],
        "prefixes",
    );
    refused(&[("text = \"单据已作废\"", "text = \"\"")], "rules[0]");
    refused(&[("url = \"https://", "url = \"http://")], "url");
    refused(&[("currency = \"CNY\"", "currency = \"yuan\"")], "currency");
}
