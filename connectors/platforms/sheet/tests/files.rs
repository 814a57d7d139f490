//! Encodings, workbooks and files that are not what they should be.

mod common;

use std::io::Cursor;

use crossdock_connector::ErrorKind;
use crossdock_schemas::Entity;

use common::{ingest, ingest_with, part, part_with};

const HEADER: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
const GOOD: &str = "536365,85123A,LANTERN,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom";
const WORKBOOK: &[u8] = include_bytes!("data/orders.xlsx");

fn example() -> &'static str {
    include_str!("../example.toml")
}

#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
fn refused(bytes: &[u8]) -> String {
    let parts = part();
    let error = parts.files.unwrap().open("some.csv", Box::new(Cursor::new(bytes.to_vec()))).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    let text = error.to_string();
    assert!(text.contains("some.csv"), "{text}");
    text
}

#[test]
fn a_workbook_gives_what_the_text_gives() {
    let settings = example().replace("header_row = 1", "header_row = 3\nsheet = \"Orders\"");
    let all = ingest_with(part_with(&settings), "orders.xlsx", WORKBOOK);
    assert!(all.errors.is_empty(), "{:?}", all.errors);
    // A number of nineteen digits is no number in a workbook: its last digits are gone.
    assert_eq!(all.bad.len(), 1);
    assert_eq!(all.bad[0].0, 7);
    assert!(all.bad[0].1.contains("digits are lost"), "{}", all.bad[0].1);
    let text = format!(
        "{HEADER}\n536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850,United Kingdom\n\
         536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n"
    );
    assert_eq!(String::from_utf8(all.captures["536365"].clone()).unwrap(), text);
    let [order, other, refund] = all.observations.as_slice() else { panic!("{:?}", all.observations) };
    let Entity::Order(order) = &order.entity else { panic!("{order:?}") };
    assert_eq!(order.placed_at.unwrap().to_string(), "2010-12-01T08:26:00Z");
    let Entity::Order(other) = &other.entity else { panic!("{other:?}") };
    assert_eq!(other.lines[0].unit_price.unwrap().canonical(), "0.3");
    let Entity::Aftersale(refund) = &refund.entity else { panic!("{refund:?}") };
    assert_eq!(refund.aftersale_no, "C536379");
}

#[test]
fn a_sheet_that_is_not_there_names_those_that_are() {
    let parts = part_with(&example().replace("header_row = 1", "sheet = \"Invoices\""));
    let error = parts.files.unwrap().open("orders.xlsx", Box::new(Cursor::new(WORKBOOK))).err().unwrap();
    assert!(error.to_string().contains("Notes, Orders"), "{error}");
}

#[test]
fn gb18030_and_utf8_give_the_same_document() {
    let text = format!("{HEADER}\n536365,TS-红,红色 T恤 中文标题,6,2010-12-01 08:26:00,2.55,1,中国\n");
    let (gb, _, lost) = encoding_rs::GB18030.encode(&text);
    assert!(!lost);
    let plain = ingest("utf8.csv", text.as_bytes());
    assert_eq!(plain.captures, ingest("gb.csv", &gb).captures);
    let configured = part_with(&example().replace("\"auto\"", "\"gb18030\""));
    assert_eq!(plain.captures, ingest_with(configured, "gb.csv", &gb).captures);
    let Entity::Order(order) = &plain.observations[0].entity else { panic!() };
    assert_eq!(order.lines[0].sku.as_deref(), Some("TS-红"));
    assert_eq!(order.ship_to.as_ref().unwrap().country.as_deref(), Some("CN"));
}

#[test]
fn other_delimiters_give_the_same_document() {
    let text = format!("{HEADER}\n{GOOD}\n");
    let tabs = ingest_with(
        part_with(&example().replace("\",\"", "\"\\t\"")),
        "t.tsv",
        text.replace(',', "\t").as_bytes(),
    );
    assert_eq!(tabs.captures, ingest("c.csv", text.as_bytes()).captures);
}

#[test]
fn a_bad_row_costs_itself_and_a_bad_value_its_document() {
    let rows = [
        GOOD,
        "",
        ",85123A,no number,1,2010-12-01 08:26:00,1.0,,United Kingdom",
        "4.01235E+18,85123A,number lost,1,2010-12-01 08:26:00,1.0,,United Kingdom",
        "536366,A,good,1,2010-12-01 08:28:00,1.0,,United Kingdom",
        "536366,B,no quantity,many,2010-12-01 08:28:00,1.0,,United Kingdom",
        "536367,\"stray quote,1,2010-12-01 08:28:00,1.0,,United Kingdom",
        "536368,C,good,1,2010-12-01 08:28:00,1.0,,United Kingdom",
    ];
    let all = ingest("rows.csv", format!("{HEADER}\n{}\n", rows.join("\n")).as_bytes());
    let lines: Vec<u64> = all.bad.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [4, 5, 8]);
    assert!(all.bad[0].1.contains("`InvoiceNo` is empty"), "{:?}", all.bad);
    assert!(all.bad[2].1.contains("quote"), "{:?}", all.bad);
    // The document with the bad value is not folded without it; the others are.
    assert_eq!(all.errors.len(), 1);
    assert!(
        all.errors[0].contains("$[2].Quantity") && all.errors[0].contains("rows.csv"),
        "{}",
        all.errors[0]
    );
    assert!(!all.errors[0].contains("many"), "a message must not show the cell: {}", all.errors[0]);
    let numbers = all.observations.iter().map(|observation| match &observation.entity {
        Entity::Order(order) => order.order_no.as_str(),
        _ => "",
    });
    assert_eq!(numbers.collect::<Vec<_>>(), ["536365", "536368"]);
}

#[test]
fn cells_beyond_the_limit_are_bad() {
    let huge = "x".repeat((1 << 20) + 1);
    let text = format!("{HEADER}\n536365,A,{huge},1,2010-12-01 08:28:00,1.0,,United Kingdom\n{GOOD}\n");
    let all = ingest("huge.csv", text.as_bytes());
    assert_eq!(all.bad.len(), 1);
    assert!(all.bad[0].1.contains("cell is longer"), "{}", all.bad[0].1);
    assert_eq!(all.captures.len(), 1);
}

#[test]
fn files_that_are_none() {
    assert!(refused(b"").contains("empty"));
    assert!(refused(b"\xD0\xCF\x11\xE0\xA1\xB1").contains("save it as .xlsx"));
    assert!(refused(b"PK\x03\x04not a zip").contains("workbook"));
    assert!(refused(b"\x1f\x8bnot a gzip").contains("cannot be read"));
    assert!(refused(b"order;sku\n1;2\n").contains("is `delimiter` right?"));
    let text = refused(b"InvoiceNo,StockCode\n1,2\n");
    assert!(
        text.contains("`Description` is not in the header, which has `InvoiceNo`, `StockCode`"),
        "{text}"
    );
    assert!(refused(b"\n\n\n").contains("no header"));
}

/// The settings a company writes for a ready mapping.
fn ready(mapping: &str, more: &str) -> crossdock_connector::Parts {
    part_with(&format!("shop = \"2000000001\"\nmapping = \"{mapping}\"\n{more}"))
}

#[test]
fn the_template_that_comes_along_is_read_as_it_is() {
    let settings = "platform = \"own_store\"\nzone = \"Asia/Shanghai\"";
    for (name, text) in [
        ("orders.csv", include_str!("../template/orders.csv")),
        ("orders-zh.csv", include_str!("../template/orders-zh.csv")),
    ] {
        let all = ingest_with(ready("template", settings), name, text.as_bytes());
        assert!(all.errors.is_empty() && all.bad.is_empty(), "{name}: {:?} {:?}", all.errors, all.bad);
        assert_eq!(all.captures.len(), 3, "{name}");
        let mut kinds: Vec<&str> = all.observations.iter().map(|one| one.kind().as_str()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, ["aftersale", "order", "order", "parcel"], "{name}");
        let orders: Vec<_> = all
            .entities()
            .filter_map(|entity| match entity {
                Entity::Order(order) => Some((order.totals.payable, order.lines.clone())),
                _ => None,
            })
            .collect();
        // The examples add up, so that nobody copies a mistake.
        for (payable, lines) in &orders {
            let goods: crossdock_schemas::Dec = lines.iter().map(|line| line.line_total.unwrap()).sum();
            for line in lines {
                assert_eq!(line.line_total, line.unit_price.unwrap().checked_mul(line.quantity), "{name}");
            }
            assert!(payable.unwrap() >= goods, "{name}: {goods}");
        }
        let case = all.observations.iter().find(|one| one.kind().as_str() == "aftersale").unwrap();
        let order = all.observations.iter().find(|one| one.kind().as_str() == "order").unwrap();
        let (Entity::Aftersale(case), Entity::Order(order)) = (&case.entity, &order.entity) else { panic!() };
        assert_eq!(case.order_key, order.order_key, "{name}");
        assert!(order.lines.iter().any(|line| line.line_key.as_ref() == Some(&case.lines[0].line_key)));
    }
}

#[test]
fn an_export_of_the_seller_centre_in_its_own_encoding() {
    let text = "\u{8ba2}单编号,买家会员名,总金额,订单状态,订单创建时间,物流单号,物流公司\r\n\
                \"=\"\"4123456789012345678\"\"\",t**1,127.90,\"卖家已发货,等待买家确认\",2026-11-20 20:00:00,\
                \"=\"\"773100000000001\"\"\",中通快递\r\n\
                4.12346E+18,t**2,1.00,交易成功,2026-11-20 20:00:00,,\r\n";
    let (gb, _, lost) = encoding_rs::GB18030.encode(text);
    assert!(!lost);
    let all = ingest_with(ready("taobao-export-orders", ""), "ExportOrderList.csv", &gb);
    assert!(all.errors.is_empty(), "{:?}", all.errors);
    assert_eq!(all.bad.len(), 1, "the second number has lost its digits: {:?}", all.bad);
    let [order, parcel] = all.observations.as_slice() else { panic!("{:?}", all.observations) };
    let (Entity::Order(order), Entity::Parcel(parcel)) = (&order.entity, &parcel.entity) else { panic!() };
    assert_eq!((order.order_no.as_str(), order.source.platform.as_str()), ("4123456789012345678", "taobao"));
    assert_eq!((parcel.carrier.as_str(), parcel.tracking_no.as_str()), ("zto", "773100000000001"));
    assert!(order.lines.is_empty());
}

#[test]
fn a_mapping_names_what_a_file_lacks() {
    let parts = ready("pinduoduo-export", "");
    let open = |text: &str| {
        let input = Box::new(Cursor::new(text.as_bytes().to_vec()));
        parts.files.as_ref().unwrap().open("export.csv", input).err().map(|error| error.to_string())
    };
    let text = open("订单号,商品总价(元)\n1,2\n").unwrap();
    assert!(text.contains("`商品数量(件)` or `商品数量` is not in the header, which has `订单号`"), "{text}");
    assert_eq!(open("订单号,商品总价(元),商品数量\n1,2,1\n"), None);
}

#[test]
fn settings_beside_a_mapping_are_checked_with_it() {
    let refused = |text: &str| {
        let table = text.parse().unwrap();
        let config = crossdock_connector::settings::read::<crossdock_sheet::SheetConfig>(table);
        let error = match config {
            Err(error) => error,
            Ok(config) => crossdock_connector::ConnectorConfig::validate(&config).unwrap_err(),
        };
        error.to_string()
    };
    let text = refused("shop = \"a\"\nmapping = \"taobao\"");
    assert!(text.contains("taobao-export") && text.contains("pinduoduo-export"), "{text}");
    // Our template belongs to no platform, and its sheet may have no zone.
    assert!(refused("shop = \"a\"\nmapping = \"template\"").contains("platform"));
    let text = refused("shop = \"a\"\nmapping = \"jd-export\"\ncolumns = { quantity = \"\" }");
    assert!(text.contains("columns.quantity"), "{text}");
    let text = refused("shop = \"a\"\nmapping = \"jd-export\"\ncolumns = { sku = \"\", lot = \"x\" }");
    assert!(text.contains("lot"), "{text}");
    let text = refused("shop = \"a\"\nplatform = \"x1\"\ncurrency = \"CNY\"\ncolumns = { order_no = \"\" }");
    assert!(text.contains("columns.order_no"), "{text}");
}
