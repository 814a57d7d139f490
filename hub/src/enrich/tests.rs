//! What the stage adds, and what it takes away.

use crossdock_connector::Secret;
use crossdock_schemas::{
    Address, AddressGrade, Dec, LineKind, Observation, Order, OrderLine, Party, Phone, Protected, RiskCode,
    RiskSeverity, RiskTag, Source, StockItem, Totals, Ts,
};
use jiff::Timestamp;

use super::risk::{Key, Kind, Listed, Listing, Risk, Rules};
use super::*;

const KEY: &str = "0123456789abcdef0123456789abcdef";

fn about(source: &str) -> About<'_> {
    About { source, at: "2026-11-22T08:00:00Z".parse().unwrap() }
}

fn phone(number: &str) -> Phone {
    Phone { national: Some(number.into()), ..Phone::default() }
}

fn order(number: &str) -> Order {
    Order {
        source: Source { platform: "taobao".into(), shop: "s1".into(), ..Source::default() },
        order_no: number.into(),
        placed_at: Some("2026-11-22T15:00:00+08:00".parse().unwrap()),
        currency: Some("CNY".into()),
        totals: Totals { payable: Some(Dec::from(100)), ..Totals::default() },
        ship_to: Some(Address {
            line1: Some("广东省深圳市南山区粤海街道科苑路15号".into()),
            phones: vec![phone("18400001234")],
            ..Address::default()
        }),
        buyer: Some(Party { id: Some("b-77".into()), ..Party::default() }),
        lines: vec![OrderLine {
            line_ref: Some("1".into()),
            sku: Some("TEA-6".into()),
            quantity: Dec::from(2),
            ..OrderLine::default()
        }],
        ..Order::default()
    }
}

fn through(enricher: &Enricher, source: &str, order: Order) -> Order {
    let mut observation = Observation::order(order);
    enricher.enrich(&mut observation, &about(source)).unwrap();
    match observation.entity {
        Entity::Order(order) => *order,
        other => panic!("{other:?}"),
    }
}

fn rules(text: &str) -> Rules {
    Rules::read(&format!("version = \"7\"\n{text}")).unwrap()
}

fn found(risk: &Risk, order: &Order) -> Vec<(RiskCode, String)> {
    risk.findings(order, &about("a")).into_iter().map(|tag| (tag.code, tag.evidence)).collect()
}

#[test]
fn addresses_are_made_deliverable_but_for_sources_that_are_left_out() {
    let enricher = Enricher::default().with_addresses(None, vec!["raw".into()]);
    let address = through(&enricher, "taobao", order("1")).ship_to.unwrap();
    assert_eq!(address.region_codes.unwrap().street.as_deref(), Some("440305007"));
    assert_eq!(
        (address.grade, address.phones[0].e164.as_deref()),
        (Some(AddressGrade::A), Some("+8618400001234"))
    );
    assert_eq!(through(&enricher, "raw", order("1")), order("1"));
}

#[test]
fn hidden_addresses_keep_their_text() {
    let enricher = Enricher::default().with_addresses(None, Vec::new());
    let hidden = Address {
        name: Some(Protected::token("taobao_oaid", "t0ken").with_masked("张**")),
        phones: vec![Phone { protected: Some(Protected::masked("*******0000")), ..Phone::default() }],
        province: Some("浙江省".into()),
        city: Some("杭州市".into()),
        district: Some("西湖区".into()),
        protected: Some(Protected::token("taobao_oaid", "t0ken").with_masked("测**")),
        ..Address::default()
    };
    let after =
        through(&enricher, "a", Order { ship_to: Some(hidden.clone()), ..order("1") }).ship_to.unwrap();
    assert_eq!(after.region_codes.as_ref().unwrap().district.as_deref(), Some("330106"));
    assert_eq!(after.grade, Some(AddressGrade::M));
    assert_eq!(
        (&after.name, &after.phones, &after.protected),
        (&hidden.name, &hidden.phones, &hidden.protected)
    );
    assert_eq!((after.line1, after.raw, after.addr_hash), (None, None, None));
}

#[test]
fn nobody_but_the_hub_writes_findings_items_and_releases() {
    let mut forged = order("1");
    forged.risk_tags = vec![RiskTag::default()];
    forged.lines[0].items = vec![StockItem { sku: "GOLD".into(), quantity: Dec::from(1) }];
    forged
        .ext
        .entry(HUB_EXT.into())
        .or_default()
        .insert("risk_released".into(), serde_json::json!({"at": "2026-11-22T08:00:00Z"}));
    assert_eq!(through(&Enricher::default(), "a", forged), order("1"));
}

#[test]
fn lines_become_stock_items_and_what_no_map_knows_is_tagged() {
    let mut map = sku::Map::default();
    map.add("*", sku::read("sku,item,pieces\nTEA-6,TEA,6\nSET,CUP,2\nSET,POT,1\n").unwrap());
    map.add("jd", sku::read("by,sku,item,pieces\nvariant,500,CUP,1\nsku,TEA-6,TEA-JD,6\n").unwrap());
    let enricher = Enricher::default().with_skus(map);
    let items = |order: &Order| -> Vec<String> {
        let items = order.lines.iter().flat_map(|line| &line.items);
        items.map(|item| format!("{} {}", item.quantity, item.sku)).collect()
    };
    let line = |sku: &str, kind| OrderLine {
        sku: Some(sku.into()),
        kind,
        quantity: Dec::from(1),
        ..OrderLine::default()
    };

    let bundle =
        Order { lines: vec![order("1").lines.remove(0), line("SET", LineKind::Bundle)], ..order("1") };
    let after = through(&enricher, "taobao", bundle.clone());
    assert_eq!(items(&after), ["12 TEA", "2 CUP", "1 POT"]);
    assert!(after.risk_tags.is_empty());
    // The source's own map goes first.
    assert_eq!(items(&through(&enricher, "jd", bundle)), ["12 TEA-JD", "2 CUP", "1 POT"]);

    // Components that are lines of their own stand for their bundle; a service takes nothing from stock.
    let told = Order {
        lines: vec![
            OrderLine { line_ref: Some("b".into()), ..line("SET", LineKind::Bundle) },
            OrderLine { parent_ref: Some("b".into()), ..line("NEW-CUP", LineKind::Component) },
            line("GIFT-WRAP", LineKind::Service),
        ],
        ..order("1")
    };
    let after = through(&enricher, "taobao", told);
    assert!(items(&after).is_empty());
    let [tag] = &after.risk_tags[..] else { panic!("{:?}", after.risk_tags) };
    assert_eq!((tag.rule.as_str(), tag.severity), (sku::UNMAPPED, RiskSeverity::Info));
    assert_eq!(tag.evidence, "1 line in no SKU map");
    let unmapped: Vec<bool> = after.lines.iter().map(|line| sku::is_unmapped(&after, line)).collect();
    assert_eq!(unmapped, [false, true, false]);
}

#[test]
fn limits_by_currency_and_sku() {
    let risk = Risk::new(
        rules(
            "[[rule]]\nid = \"amount\"\nseverity = \"review\"\nsources = [\"a\"]\nwhen.amount_over = { CNY = \"99.99\" }\n\
             [[rule]]\nid = \"pieces\"\nseverity = \"info\"\nwhen.quantity_over = { pieces = \"3\", skus = [\"TEA-6\"] }\n",
        ),
        None,
    );
    let tags = risk.findings(&order("1"), &about("a"));
    let [tag] = &tags[..] else { panic!("{tags:?}") };
    assert_eq!((tag.code, tag.severity), (RiskCode::OverAmount, RiskSeverity::Review));
    assert_eq!((tag.rule.as_str(), tag.rule_version.as_str()), ("amount", "7"));
    assert_eq!(tag.evidence, "100 CNY is over 99.99");
    assert!(risk.findings(&order("1"), &about("b")).is_empty(), "the rule is for another source");
    let euro = Order { currency: Some("EUR".into()), ..order("1") };
    assert!(found(&risk, &euro).is_empty(), "no limit is stated for this currency");
    // Two lines of one SKU count together.
    let line = order("1").lines.remove(0);
    let many = Order { lines: vec![line.clone(), line], currency: None, ..order("1") };
    assert_eq!(found(&risk, &many), [(RiskCode::OverQuantity, "4 pieces of TEA-6, over 3".to_owned())]);
}

#[test]
fn totals_that_do_not_add_up() {
    let risk =
        Risk::new(rules("[[rule]]\nid = \"a\"\nseverity = \"info\"\nwhen.amounts_off = \"0.01\"\n"), None);
    let with = |goods: &str, tax: Option<&str>, included| Order {
        totals: Totals {
            goods: Some(Dec::parse(goods).unwrap()),
            discount: Some(Dec::from(10)),
            shipping: Some(Dec::from(5)),
            tax: tax.map(|tax| Dec::parse(tax).unwrap()),
            payable: Some(Dec::from(100)),
            ..Totals::default()
        },
        prices_include_tax: included,
        ..order("1")
    };
    for fine in [with("105", None, None), with("105.01", None, None), with("105", Some("13"), Some(true))] {
        assert!(found(&risk, &fine).is_empty(), "{:?}", found(&risk, &fine));
    }
    for fine in
        [with("95", Some("10"), Some(false)), with("95", Some("10"), None), with("105", Some("10"), None)]
    {
        assert!(found(&risk, &fine).is_empty(), "{:?}", found(&risk, &fine));
    }
    assert_eq!(
        found(&risk, &with("104", None, None)),
        [(RiskCode::AmountMismatch, "the totals are off by 1".into())]
    );
    assert_eq!(found(&risk, &with("105", Some("13"), Some(false))).len(), 1);
    assert!(found(&risk, &order("1")).is_empty(), "nobody says what the goods cost");
}

#[test]
fn remote_and_unclear_addresses() {
    let text = "[[rule]]\nid = \"far\"\nseverity = \"info\"\nwhen.region = [\"54\", \"440305\"]\n\
                [[rule]]\nid = \"unclear\"\nseverity = \"review\"\nwhen.address_grade = [\"D\", \"E\"]\n";
    let enricher = Enricher::default()
        .with_addresses(None, Vec::new())
        .with_risk(Arc::new(Risk::new(rules(text), None)));
    let to = |text: &str| {
        let address = Address { line1: Some(text.into()), ..Address::default() };
        let order = through(&enricher, "a", Order { ship_to: Some(address), ..order("1") });
        order.risk_tags.into_iter().map(|tag| (tag.rule, tag.evidence)).collect::<Vec<_>>()
    };
    assert_eq!(to("广东省深圳市南山区科苑路15号"), [("far".to_owned(), "division 440305".to_owned())]);
    assert!(to("广东省深圳市福田区深南大道1号").is_empty());
    let unclear = to("南山区人民路1号");
    assert_eq!(unclear.len(), 1);
    assert!(unclear[0].1.starts_with("grade D") && !unclear[0].1.contains("人民路"), "{unclear:?}");
}

#[test]
fn orders_are_counted_by_when_they_were_placed() {
    let text = "[[rule]]\nid = \"often\"\nseverity = \"review\"\n\
                when.often = { by = \"phone\", more_than = 2, within = \"1h\" }\n";
    let risk = Risk::new(rules(text), None);
    let at = |number: &str, minutes: i64| {
        let placed = Timestamp::from_second(1_790_000_000 + minutes * 60).unwrap();
        let mut order = order(number);
        order.placed_at = Some(Ts::utc(placed));
        order.ship_to.as_mut().unwrap().phones[0].e164 = Some("+8618400001234".into());
        order
    };

    assert!(found(&risk, &at("1", 0)).is_empty());
    assert!(found(&risk, &at("2", 10)).is_empty());
    for _ in 0..3 {
        assert!(found(&risk, &at("2", 10)).is_empty(), "redelivery does not count");
    }
    assert_eq!(
        found(&risk, &at("3", 20)),
        [(RiskCode::Frequency, "3 orders of one phone within 1 h".into())]
    );
    assert_eq!(found(&risk, &at("3", 20)).len(), 1, "and is found again");
    assert!(found(&risk, &at("1", 0)).is_empty(), "what was placed later does not count for what was before");
    assert!(found(&risk, &at("9", 75)).is_empty(), "only two within the hour");
    let other = Order { ship_to: None, ..at("4", 21) };
    assert!(found(&risk, &other).is_empty(), "nobody is nobody's phone");

    // What a start recalls from the store counts as if it had just come.
    let fresh = Risk::new(rules(text), None);
    for (number, minutes) in [("1", 0), ("2", 10)] {
        fresh.note(&at(number, minutes));
    }
    assert_eq!(found(&fresh, &at("3", 20)).len(), 1);
}

#[test]
fn the_list_knows_only_keyed_hashes() {
    let text = "[[rule]]\nid = \"p\"\nseverity = \"block\"\nwhen.listed = \"phone\"\n\
                [[rule]]\nid = \"b\"\nseverity = \"block\"\nwhen.listed = \"buyer\"\n\
                [[rule]]\nid = \"a\"\nseverity = \"block\"\nwhen.listed = \"address\"\n";
    let key = || Key::new(Secret::new(KEY)).unwrap();
    assert!(Key::new(Secret::new("short")).is_err());
    let risk = Arc::new(Risk::new(rules(text), Some(key())));
    let enricher = Enricher::default().with_addresses(None, Vec::new()).with_risk(Arc::clone(&risk));
    let codes = |order: Order| -> Vec<RiskCode> {
        through(&enricher, "a", order).risk_tags.into_iter().map(|tag| tag.code).collect()
    };
    assert!(codes(order("1")).is_empty());
    let clean = through(&enricher, "a", order("1"));
    let hash = clean.ship_to.unwrap().addr_hash.unwrap();
    for (kind, value, code) in [
        (Kind::Phone, "+8618400001234", RiskCode::BlacklistPhone),
        (Kind::Buyer, "taobao:b-77", RiskCode::BlacklistBuyer),
        (Kind::Address, hash.as_str(), RiskCode::BlacklistAddress),
    ] {
        let mut list = Listing::default();
        let since = "2026-11-01T00:00:00Z".parse().unwrap();
        list.add(Listed { kind, finger: key().finger(kind, value), since });
        risk.set_list(list);
        assert_eq!(codes(order("1")), [code]);
    }
    // A privacy number is lent to many: without its extension it is nobody's.
    let mut list = Listing::default();
    let finger = key().finger(Kind::Phone, "+8618400001234");
    list.add(Listed { kind: Kind::Phone, finger, since: Timestamp::UNIX_EPOCH });
    risk.set_list(list);
    let mut lent = order("1");
    lent.ship_to.as_mut().unwrap().phones = vec![phone("18400001234-5678")];
    assert!(codes(lent).is_empty());
    let evidence = through(&enricher, "a", order("1")).risk_tags.remove(0).evidence;
    assert_eq!(evidence, "listed since 1970-01-01");
}

#[test]
fn a_part_of_an_order_is_not_judged() {
    let text = "[[rule]]\nid = \"a\"\nseverity = \"block\"\nwhen.amount_over = { CNY = \"1\" }\n";
    let enricher = Enricher::default().with_risk(Arc::new(Risk::new(rules(text), None)));
    let mut part = Observation::order(order("1")).partial();
    enricher.enrich(&mut part, &about("a")).unwrap();
    let Entity::Order(part) = part.entity else { panic!() };
    assert!(part.risk_tags.is_empty());
    assert_eq!(through(&enricher, "a", order("1")).risk_tags.len(), 1);
}
