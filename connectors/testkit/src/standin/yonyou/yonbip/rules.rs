//! What the platform checks when an order is saved: fields, codes and sums.

use std::collections::{BTreeMap, BTreeSet};

use crossdock_schemas::Dec;
use serde_json::{Map, Value};

use super::super::text;
use super::{Refusal, refused};

type Masters = BTreeMap<String, BTreeSet<String>>;

const HEADER: [&str; 14] = [
    "_status",
    "vouchdate",
    "salesOrgId",
    "transactionTypeId",
    "agentId",
    "settlementOrgId",
    "invoiceAgentId",
    "payMoney",
    "orderPrices!currency",
    "orderPrices!natCurrency",
    "orderPrices!exchRate",
    "orderPrices!exchangeRateType",
    "orderPrices!taxInclusive",
    "orderDetails",
];
const LINE: [&str; 26] = [
    "_status",
    "productId",
    "stockOrgId",
    "settlementOrgId",
    "masterUnitId",
    "iProductAuxUnitId",
    "iProductUnitId",
    "qty",
    "subQty",
    "priceQty",
    "invExchRate",
    "invPriceExchRate",
    "unitExchangeType",
    "unitExchangeTypePrice",
    "taxId",
    "orderProductType",
    "oriTaxUnitPrice",
    "oriSum",
    "orderDetailPrices!oriUnitPrice",
    "orderDetailPrices!oriMoney",
    "orderDetailPrices!oriTax",
    "orderDetailPrices!natUnitPrice",
    "orderDetailPrices!natTaxUnitPrice",
    "orderDetailPrices!natMoney",
    "orderDetailPrices!natSum",
    "orderDetailPrices!natTax",
];

/// Refuses what is not complete, not known or does not add up.
pub(super) fn check(masters: &Masters, order: &Map<String, Value>) -> Result<(), Refusal> {
    for name in HEADER {
        if !order.contains_key(name) {
            return refused("999", format!("示例:缺少 {name}"));
        }
    }
    known(masters, order)?;
    let dec = |value: Option<&Value>| Dec::parse(&text(value)).ok();
    let mut sum = Dec::ZERO;
    for line in order.get("orderDetails").and_then(Value::as_array).into_iter().flatten() {
        let Some(line) = line.as_object() else { return refused("310008", "示例:明细错误") };
        for name in LINE {
            if !line.contains_key(name) {
                return refused("999", format!("示例:明细缺少 {name}"));
            }
        }
        known(masters, line)?;
        sum = sum + dec(line.get("oriSum")).unwrap_or_default();
    }
    if dec(order.get("payMoney")) != Some(sum) {
        return refused("999", "示例:合计金额与明细不一致");
    }
    Ok(())
}

fn known(masters: &Masters, fields: &Map<String, Value>) -> Result<(), Refusal> {
    for (name, value) in fields {
        let known = masters.get(name);
        if known.is_some_and(|known| !known.contains(&text(Some(value)))) {
            return refused("999", format!("示例:{name} 不存在"));
        }
    }
    Ok(())
}
