use super::*;
use crossdock_connector::settings;

fn read(toml: &str) -> Result<Config> {
    let mut table: toml::Table = toml.parse().unwrap();
    settings::resolve(&mut table, &|reference| match reference {
        settings::SecretRef::Env(name) => Ok(name.to_owned()),
        settings::SecretRef::File(_) => Ok("bad token".to_owned()),
    })
    .unwrap();
    let config: Config = settings::read(table)?;
    config.validate().map(|()| config)
}

fn refused(toml: &str) -> (String, String) {
    let error = read(toml).expect_err(toml);
    (error.path.clone().unwrap_or_default(), error.to_string())
}

#[test]
fn a_token_is_enough() {
    let config = read("token = { env = 'T' }").unwrap();
    assert_eq!(config.objects_path, "/crm/v3/objects");
    assert!(config.lines.enabled && config.contacts.enabled && config.notes.milestones);
    let config = read("token = { env = 'T' }\n[notes]\nlanguage = 'en'").unwrap();
    assert!(config.notes.milestones && config.notes.language == Language::En);
}

#[test]
fn exactly_one_way_to_log_in() {
    assert_eq!(refused("").0, "token");
    let both = "token = { env = 'T' }\noauth = { client_id = 'a', client_secret = { env = 'S' }, refresh_token = { env = 'R' } }";
    assert!(refused(both).1.contains("not both"));
    let (at, words) = refused("token = { file = 'x' }");
    assert_eq!(at, "token");
    assert!(!words.contains("bad token"), "{words}");
}

#[test]
fn what_cannot_work_is_named() {
    for (toml, at) in [
        ("base_url = 'https://api.example.com/?crm'", "base_url"),
        ("base_url = 'http://api.example.com'", "base_url"),
        ("base_url = 'ftp://api.example.com'", "base_url"),
        ("objects_path = 'crm/v3/objects'", "objects_path"),
        ("objects_path = '/crm/v3/objects/'", "objects_path"),
        ("associations_path = '/crm?x'", "associations_path"),
        ("key_property = 'Hub Key'", "key_property"),
        ("revision_property = 'Rev'", "revision_property"),
        ("stages = { shiped = '1' }", "stages.\"shiped\""),
        ("stages = { shipped = ' ' }", "stages.\"shipped\""),
        ("shops = { '' = 'x' }", "shops.\"\""),
        ("fields = { hub_key = 'order.currency' }", "fields.hub_key"),
        ("fields = { x = 'order.curency' }", "fields.x"),
        ("parcel_fields = { X = 'parcel.status' }", "parcel_fields.X"),
        ("contacts = { fields = { email = 'order.buyer.nick' } }", "contacts.fields.email"),
        ("leave_out = ['hub_key']", "leave_out"),
        ("notes = { show = [] }", "notes.show"),
        ("batch = 0", "batch"),
        ("batch = 101", "batch"),
        ("portal_zone = 'Mars/Base'", "portal_zone"),
    ] {
        assert_eq!(refused(&format!("token = {{ env = 'T' }}\n{toml}")).0, at, "{toml}");
    }
}
