use super::*;
use crossdock_connector::settings;

const LOGIN: &str = "base_url = 'https://demo.my.salesforce.example.test'\nclient_id = 'demo'\nclient_secret = { env = 'S' }\n";

fn read(toml: &str) -> Result<Config> {
    let mut table: toml::Table = toml.parse().unwrap();
    settings::resolve(&mut table, &|reference| match reference {
        settings::SecretRef::Env(name) => Ok(name.to_owned()),
        settings::SecretRef::File(_) => Ok("bad secret".to_owned()),
    })
    .unwrap();
    let config: Config = settings::read(table)?;
    config.validate().map(|()| config)
}

#[test]
fn a_login_is_enough() {
    let config = read(LOGIN).unwrap();
    assert!(config.orders.standard() && config.lines.standard() && config.refunds.enabled);
    assert_eq!(config.version, "v60.0");
    // One setting of a table leaves the others as they are.
    let config = read(&format!("{LOGIN}[shipments]\nwait_for_order = true")).unwrap();
    assert!(config.shipments.enabled && config.shipments.fields.0.contains_key("Carrier__c"));
}

#[test]
fn an_object_of_ones_own_needs_its_own_fields_and_lines() {
    let own = "[orders]\nobject = 'Hub_Order__c'\nfields = { Number__c = 'order.order_no' }\n";
    let lines = "[lines]\nobject = 'Hub_Order_Line__c'\norder = 'Hub_Order__r'";
    assert!(read(&format!("{LOGIN}{own}{lines}")).is_ok());
    assert!(read(&format!("{LOGIN}{own}[lines]\nenabled = false")).is_ok());
    let error = read(&format!("{LOGIN}{own}")).unwrap_err();
    assert_eq!(error.path.as_deref(), Some("lines.object"));
    let error = read(&format!("{LOGIN}[orders]\nobject = 'Hub_Order__c'\n{lines}")).unwrap_err();
    assert_eq!(error.path.as_deref(), Some("orders.fields"));
}

#[test]
fn what_cannot_work_is_named() {
    for (toml, at) in [
        ("version = '60'", "version"),
        ("version = 'v45.0'", "version"),
        ("key_field = 'Hub Key'", "key_field"),
        ("version_field = '1x'", "version_field"),
        ("batch = 201", "batch"),
        ("batch = 0", "batch"),
        ("limit_pause_minutes = 0", "limit_pause_minutes"),
        ("orders = { statuses = { payed = 'x' } }", "orders.statuses.\"payed\""),
        ("orders = { initial_status = ' ' }", "orders.initial_status"),
        ("orders = { accounts = { x = '' } }", "orders.accounts.\"x\""),
        ("orders = { fields = { Hub_Key__c = 'order.order_no' } }", "orders.fields.Hub_Key__c"),
        ("orders = { fields = { X__c = 'order.nothing' } }", "orders.fields.X__c"),
        ("shipments = { order = 'Order r' }", "shipments.order"),
        ("milestones = { kind_field = '' }", "milestones.kind_field"),
        ("refunds = { object = 'Hub-Refund' }", "refunds.object"),
        ("lines = { price_field = '' }", "lines.price_field"),
        ("lines = { sku_field = 'a b' }", "lines.sku_field"),
    ] {
        let error = read(&format!("{LOGIN}{toml}")).expect_err(toml);
        assert_eq!(error.path.as_deref(), Some(at), "{toml}: {error}");
    }
    let bad = LOGIN.replace("https://", "http://");
    assert_eq!(read(&bad).unwrap_err().path.as_deref(), Some("base_url"));
}

#[test]
fn a_secret_is_never_in_the_message() {
    let error = read(&LOGIN.replace("{ env = 'S' }", "{ file = 'x' }")).unwrap_err();
    assert_eq!(error.path.as_deref(), Some("client_secret"));
    assert!(!error.to_string().contains("bad secret"), "{error}");
}
