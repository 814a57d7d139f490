//! What the warehouse holds.

use std::collections::BTreeMap;

use super::gate::Call;
use super::tree::Node;
use super::{Counts, Options, Second};

/// Carriers the protocol lists.
const CARRIERS: [&str; 19] = [
    "SF", "EMS", "EYB", "ZJS", "YTO", "ZTO", "HTKY", "UC", "STO", "TTKDEX", "QFKD", "FAST", "POSTB", "GTO",
    "YUNDA", "JD", "DD", "AMAZON", "OTHER",
];

/// A delivery order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Its state: `NEW`, `CANCELED`, or what was set.
    pub status: String,
    /// The warehouse.
    pub warehouse: String,
    /// Number, article and pieces of each line.
    pub lines: Vec<(String, String, u64)>,
    /// Name, mobile and street of the receiver, as given.
    pub receiver: (String, String, String),
    /// The token of the receiver.
    pub oaid: String,
    /// The one it stands for.
    pub previous: String,
    /// Total and what is to be collected.
    pub amounts: (String, String),
}

/// A return order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Return {
    /// Its state: `NEW` or `CANCELED`.
    pub status: String,
    /// The delivery order whose goods come back.
    pub previous: String,
    /// Article and pieces of each line.
    pub lines: Vec<(String, u64)>,
}

#[derive(Default)]
pub(super) struct Book {
    deliveries: BTreeMap<String, Delivery>,
    returns: BTreeMap<String, Return>,
    counts: Counts,
}

type Refusal = (&'static str, String);

impl Book {
    pub(super) fn delivery(&self, code: &str) -> Option<Delivery> {
        self.deliveries.get(code).cloned()
    }

    pub(super) fn deliveries(&self) -> Vec<(String, Delivery)> {
        self.deliveries.iter().map(|(code, one)| (code.clone(), one.clone())).collect()
    }

    pub(super) fn returns(&self) -> Vec<(String, Return)> {
        self.returns.iter().map(|(code, one)| (code.clone(), one.clone())).collect()
    }

    pub(super) fn set_status(&mut self, code: &str, status: &str) -> bool {
        let known = self.deliveries.get_mut(code);
        known.map(|one| status.clone_into(&mut one.status)).is_some()
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    pub(super) fn take(&mut self, options: &Options, call: &Call) -> Result<String, Refusal> {
        let request = &call.request;
        match call.method.as_str() {
            "deliveryorder.create" => self.create(options, request),
            "returnorder.create" => self.create_return(options, request),
            "order.cancel" => self.cancel(request),
            "deliveryorder.query" | "returnorder.query" if !options.answers_queries => {
                Err(("W404", "接口未实现".to_owned()))
            }
            "deliveryorder.query" => self.query(request),
            "returnorder.query" => self.query_return(request),
            other => Err(("W404", format!("不支持的接口{other}"))),
        }
    }

    fn create(&mut self, options: &Options, request: &Node) -> Result<String, Refusal> {
        let head = request.child("deliveryOrder").ok_or_else(|| missing("deliveryOrder"))?;
        let needed = [
            "deliveryOrderCode",
            "orderType",
            "warehouseCode",
            "createTime",
            "placeOrderTime",
            "operateTime",
            "shopNick",
            "logisticsCode",
        ];
        lacks(head, &needed)?;
        if !["JYCK", "HHCK", "BFCK", "QTCK"].contains(&head.text("orderType")) {
            return Err(("V102", "出库单类型非法".to_owned()));
        }
        carrier(head)?;
        for party in ["senderInfo", "receiverInfo"] {
            let party = head.child(party).ok_or_else(|| missing(party))?;
            lacks(party, &["name", "mobile", "province", "city", "detailAddress"])?;
        }
        let receiver = head.child("receiverInfo").ok_or_else(|| missing("receiverInfo"))?;
        let masked = ["name", "mobile", "detailAddress"].iter().any(|name| receiver.text(name).contains('*'));
        if masked && receiver.text("oaid").is_empty() {
            return Err(("V103", "收件人信息已脱敏,缺少oaid".to_owned()));
        }
        let mut lines = Vec::new();
        for row in rows(request)? {
            lacks(row, &["ownerCode", "itemCode", "planQty", "actualPrice"])?;
            let (item, pieces) = article(options, row)?;
            lines.push((row.text("orderLineNo").to_owned(), item, pieces));
        }
        let code = head.text("deliveryOrderCode").to_owned();
        if self.deliveries.contains_key(&code) {
            return self.second(options, &code);
        }
        let text = |node: &Node, name: &str| node.text(name).to_owned();
        let one = Delivery {
            status: "NEW".to_owned(),
            warehouse: text(head, "warehouseCode"),
            lines,
            receiver: (text(receiver, "name"), text(receiver, "mobile"), text(receiver, "detailAddress")),
            oaid: text(receiver, "oaid"),
            previous: text(head, "preDeliveryOrderCode"),
            amounts: (text(head, "totalAmount"), text(head, "arAmount")),
        };
        self.deliveries.insert(code.clone(), one);
        self.counts.created += 1;
        Ok(format!("<deliveryOrderId>WMS-{}</deliveryOrderId>", escape(&code)))
    }

    fn second(&mut self, options: &Options, code: &str) -> Result<String, Refusal> {
        self.counts.seconds += 1;
        match options.second {
            Second::Success => Ok(format!("<deliveryOrderId>WMS-{}</deliveryOrderId>", escape(code))),
            Second::Refusal => Err(("D001", format!("单据 {code} 已存在"))),
        }
    }

    fn create_return(&mut self, options: &Options, request: &Node) -> Result<String, Refusal> {
        let head = request.child("returnOrder").ok_or_else(|| missing("returnOrder"))?;
        let needed = [
            "returnOrderCode",
            "warehouseCode",
            "preDeliveryOrderCode",
            "logisticsCode",
            "orderFlag",
            "returnReason",
        ];
        lacks(head, &needed)?;
        carrier(head)?;
        let sender = head.child("senderInfo").ok_or_else(|| missing("senderInfo"))?;
        lacks(sender, &["name", "mobile", "province", "city", "detailAddress"])?;
        let mut lines = Vec::new();
        for row in rows(request)? {
            lacks(row, &["ownerCode", "itemCode", "planQty"])?;
            lines.push(article(options, row)?);
        }
        let previous = head.text("preDeliveryOrderCode").to_owned();
        if !self.deliveries.contains_key(&previous) {
            return Err(("V104", format!("原出库单 {previous} 不存在")));
        }
        let code = head.text("returnOrderCode").to_owned();
        if self.returns.contains_key(&code) {
            return self.second(options, &code);
        }
        self.returns.insert(code.clone(), Return { status: "NEW".to_owned(), previous, lines });
        self.counts.created += 1;
        Ok(format!("<returnOrderId>WMS-{}</returnOrderId>", escape(&code)))
    }

    fn cancel(&mut self, request: &Node) -> Result<String, Refusal> {
        lacks(request, &["warehouseCode", "orderCode"])?;
        let code = request.text("orderCode");
        let status = match (self.deliveries.get_mut(code), self.returns.get_mut(code)) {
            (Some(one), _) => &mut one.status,
            (None, Some(one)) => &mut one.status,
            (None, None) => return Err(("C404", format!("单据 {code} 不存在"))),
        };
        match status.as_str() {
            "CANCELED" => Err(("C001", format!("单据 {code} 已取消"))),
            "DELIVERED" | "PARTDELIVERED" => Err(("C002", "已发货,不能取消".to_owned())),
            _ => {
                "CANCELED".clone_into(status);
                self.counts.cancelled += 1;
                Ok(String::new())
            }
        }
    }

    fn query(&self, request: &Node) -> Result<String, Refusal> {
        lacks(request, &["orderCode", "page", "pageSize"])?;
        let code = request.text("orderCode");
        let one = self.deliveries.get(code).ok_or_else(|| ("Q404", format!("单据 {code} 不存在")))?;
        let number = |name: &str| request.text(name).parse::<usize>().ok().filter(|count| *count > 0);
        let (Some(page), Some(size)) = (number("page"), number("pageSize").filter(|size| *size <= 100))
        else {
            return Err(("V105", "分页参数非法".to_owned()));
        };
        let lines: String = one
            .lines
            .iter()
            .skip((page - 1) * size)
            .take(size)
            .map(|(number, item, pieces)| {
                format!(
                    "<orderLine><orderLineNo>{}</orderLineNo><itemCode>{}</itemCode><planQty>{pieces}</planQty></orderLine>",
                    escape(number),
                    escape(item)
                )
            })
            .collect();
        Ok(format!(
            "<totalLines>{}</totalLines><deliveryOrder><deliveryOrderCode>{}</deliveryOrderCode><warehouseCode>{}</warehouseCode><status>{}</status></deliveryOrder><orderLines>{lines}</orderLines>",
            one.lines.len(),
            escape(code),
            escape(&one.warehouse),
            one.status
        ))
    }

    fn query_return(&self, request: &Node) -> Result<String, Refusal> {
        lacks(request, &["returnOrderCode", "page", "pageSize"])?;
        let code = request.text("returnOrderCode");
        let one = self.returns.get(code).ok_or_else(|| ("Q404", format!("单据 {code} 不存在")))?;
        Ok(format!(
            "<returnOrder><returnOrderCode>{}</returnOrderCode><orderStatus>{}</orderStatus></returnOrder>",
            escape(code),
            one.status
        ))
    }
}

fn rows(request: &Node) -> Result<&[Node], Refusal> {
    let rows = request.child("orderLines").map(|lines| lines.children.as_slice()).unwrap_or_default();
    if rows.is_empty() { Err(missing("orderLines")) } else { Ok(rows) }
}

fn article(options: &Options, row: &Node) -> Result<(String, u64), Refusal> {
    let item = row.text("itemCode");
    if !options.items.is_empty() && !options.items.contains(item) {
        return Err(("V101", format!("商品编码 {item} 不存在")));
    }
    let pieces = row.text("planQty").parse().ok().filter(|pieces| *pieces > 0);
    Ok((item.to_owned(), pieces.ok_or_else(|| ("V106", "planQty非法".to_owned()))?))
}

fn carrier(head: &Node) -> Result<(), Refusal> {
    if CARRIERS.contains(&head.text("logisticsCode")) {
        Ok(())
    } else {
        Err(("V107", "物流公司编码非法".to_owned()))
    }
}

fn lacks(node: &Node, names: &[&str]) -> Result<(), Refusal> {
    node.lacks(names).map_or(Ok(()), |name| Err(missing(name)))
}

fn missing(name: &str) -> Refusal {
    ("V100", format!("{name}不能为空"))
}

pub(super) fn escape(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}
