//! SEC-20: what Taobao lets us know of a receiver, and what we keep of it.

use std::sync::Arc;

use crossdock_connector::{Capture, Headers, Normalize, settings};
use crossdock_schemas::{Channel, Class};

use super::{Enricher, risk};
use crate::history::{Context, Decision, MilestoneRules, State, Verdict, fold};
use crate::pipeline::{About, Enrich};
use crate::registry;

const SETTINGS: &str = "shop = \"2208812345\"\napp_key = \"12345678\"\napp_secret = { env = \"S\" }\n\
                        session = { env = \"S\" }\npath_token = { env = \"S\" }";

fn taobao() -> Arc<dyn Normalize> {
    let mut table: toml::Table = SETTINGS.parse().unwrap();
    settings::resolve(&mut table, &|_| Ok("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".to_owned()))
        .unwrap();
    registry::find("taobao").unwrap().build(table).unwrap().normalize.unwrap()
}

/// A trade as the interface gives it.
fn trade(modified: &str, receiver: &str) -> String {
    let order = r#""orders":{"order":[{"oid_str":"5123456700001","num_iid":700000000001,"outer_sku_id":"TEE","title":"T","price":"64.00","num":1,"total_fee":"64.00","payment":"64.00","status":"WAIT_SELLER_SEND_GOODS","refund_status":"NO_REFUND"}]}"#;
    format!(
        r#"{{"trade_fullinfo_get_response":{{"trade":{{"tid":4123456700001,"tid_str":"4123456700001","status":"WAIT_SELLER_SEND_GOODS","type":"fixed","created":"2026-11-21 19:58:01","modified":"{modified}","pay_time":"2026-11-21 20:00:03","payment":"64.00","total_fee":"64.00","discount_fee":"0.00","adjust_fee":"0.00","post_fee":"0.00",{receiver},{order}}},"request_id":"r"}}}}"#
    )
}

fn see(state: Option<State>, body: &str, sha: &str) -> Decision {
    let rules = "version = \"1\"\n[[rule]]\nid = \"often\"\nseverity = \"info\"\n\
                 when.often = { by = \"phone\", more_than = 0, within = \"1h\" }\n";
    let risk = risk::Risk::new(risk::Rules::read(rules).unwrap(), None);
    let enricher = Enricher::default().with_addresses(None, Vec::new()).with_risk(Arc::new(risk));
    let capture = Capture {
        topic: "trade".into(),
        headers: Headers::default(),
        body: body.to_owned().into(),
        origin: None,
        received_at: "2026-11-22T00:00:00Z".parse().unwrap(),
        channel: Channel::Poll,
    };
    let mut observation = taobao().normalize(&capture).unwrap().observations.remove(0);
    let about = About { source: "taobao", at: capture.received_at };
    enricher.enrich(&mut observation, &about).unwrap();
    observation.seal().unwrap();
    assert!(observation.validate().is_empty(), "{:?}", observation.validate());
    let milestones = MilestoneRules::default();
    let cx = Context {
        tenant: "t",
        now: capture.received_at,
        capture: 1,
        received_at: capture.received_at,
        channel: capture.channel,
        raw_sha256: sha,
        class: Class::Normal,
        rules: &milestones,
    };
    fold(state, observation, &cx)
}

const PLACE: &str = r#""receiver_state":"浙江省","receiver_city":"杭州市","receiver_district":"西湖区""#;

#[test]
fn sec_20_a_receiver_in_the_clear_goes_no_further_than_the_connector() {
    let receiver = format!(
        r#""receiver_name":"赵无忌","receiver_mobile":"15912345678","receiver_address":"文三路90号东部软件园",{PLACE},"oaid":"1Oaid""#
    );
    let decision = see(None, &trade("2026-11-21 20:00:05", &receiver), "a");
    let state = decision.state.unwrap();
    let mut kept = format!("{}{}", state.aux(), state.snapshot());
    for event in &decision.events {
        kept.push_str(&event.extra);
        kept.push_str(&event.id);
    }
    for plain in ["赵无忌", "15912345678", "1591234", "文三路", "东部软件园"] {
        assert!(!kept.contains(plain), "{plain} in {kept}");
    }
    let State::Order(order) = &state else { panic!() };
    let address = order.order.ship_to.as_ref().unwrap();
    // What the platform names in the clear is enough to know the region; nothing there can be compared or listed.
    assert_eq!(address.region_codes.as_ref().unwrap().district.as_deref(), Some("330106"));
    assert_eq!((&address.addr_hash, &address.raw, &address.line1), (&None, &None, &None));
    assert!(order.order.risk_tags.is_empty(), "a masked phone is nobody's phone");
}

#[test]
fn sec_20_another_oaid_is_the_same_order() {
    let receiver = |oaid: &str| {
        format!(
            r#""receiver_name":"赵**","receiver_mobile":"*******5678","receiver_address":"文***",{PLACE},"oaid":"{oaid}""#
        )
    };
    let first = see(None, &trade("2026-11-21 20:00:05", &receiver("1OaidOfOneWeek")), "a");
    let state = first.state.unwrap();
    // The next natural week, the same trade under another OAID: at the same revision and at a later one.
    for modified in ["2026-11-21 20:00:05", "2026-11-28 09:00:00"] {
        let again = see(Some(state.clone()), &trade(modified, &receiver("2OaidOfTheNextWeek")), "b");
        assert_eq!(again.verdict, Verdict::Duplicate, "{modified}");
        assert!(again.events.is_empty());
        let kept = again.state.expect("the token that works now is kept");
        assert_eq!(kept.key(), state.key());
        assert!(
            kept.snapshot().contains("2OaidOfTheNextWeek") && !kept.snapshot().contains("1OaidOfOneWeek")
        );
    }
}

#[cfg(feature = "wangdiantong")]
#[test]
fn sec_20_a_sink_that_wants_receivers_in_the_clear_is_refused() {
    use crate::config::load_text;

    let dir = tempfile::tempdir().unwrap();
    let secret = dir.path().join("secret");
    std::fs::write(&secret, "0123456789abcdef0123456789abcdef").unwrap();
    std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let file = format!("{{ file = \"{}\" }}", secret.display());
    let taobao = SETTINGS.replace("{ env = \"S\" }", &file);
    let example = include_str!("../../../connectors/sinks/wangdiantong/example.toml");
    let wdt: String = example
        .lines()
        .filter(|line| !line.starts_with("masked_receivers"))
        .map(|line| match line.split_once("{ env = ") {
            Some((before, _)) => format!("{before}{file}\n"),
            None => format!("{line}\n"),
        })
        .collect();
    let problems = |sink: &str, masked: &str| -> Vec<String> {
        let wdt = wdt.replace("\n[", "\n[sink.settings.");
        let text = format!(
            "[[source]]\nid = \"tmall\"\nuse = \"taobao\"\n[source.settings]\n{taobao}\n\
             [[source]]\nid = \"own\"\nuse = \"own-store\"\n[source.settings]\nshop = \"a\"\nsecrets = [{file}]\nsecret_encoding = \"raw\"\n\
             [[sink]]\nid = \"erp\"\nuse = \"wangdiantong\"\n{sink}[sink.settings]\nmasked_receivers = \"{masked}\"\n{wdt}"
        );
        match load_text("crossdock.toml", &text, Some(dir.path())) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.iter().map(ToString::to_string).collect(),
        }
    };
    let refused = problems("", "reject");
    let [problem] = refused.as_slice() else { panic!("{refused:?}") };
    for says in [
        "crossdock.toml:",
        "sink[0]",
        "`erp` takes no masked receivers, and `tmall` gives no others",
        "masked_receivers = \"send\"",
    ] {
        assert!(problem.contains(says), "{says} not in {problem}");
    }
    // Masked ones are taken, or the source stays away, or its orders do.
    assert_eq!(problems("", "send"), Vec::<String>::new());
    assert_eq!(problems("sources = [\"own\"]\n", "reject"), Vec::<String>::new());
    assert_eq!(problems("platforms = [\"own_store\"]\n", "reject"), Vec::<String>::new());
    assert_eq!(problems("events = [\"refund.*\"]\n", "reject"), Vec::<String>::new());
}
