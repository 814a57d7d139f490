//! What Kingdee wants written in its own way.

use crossdock_connector::document::put;
use serde_json::{Map, Value};

/// Marks the lines that are ours; people add lines of their own.
pub(crate) const MARK: &str = "xd:";

/// Digits of a price in K3Cloud, unless somebody set it otherwise.
pub(crate) const PRICE_DIGITS: u32 = 6;

/// Puts a code of base data: always an object around it.
pub(crate) fn code(fields: &mut Map<String, Value>, name: &str, code: &str) {
    put(fields, &format!("{name}.FNumber"), code.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_in_objects_that_meet() {
        let mut fields = Map::new();
        put(&mut fields, "FSaleOrderFinance.FExchangeRate", 1.into());
        code(&mut fields, "FSaleOrderFinance.FSettleCurrId", "PRE001");
        let text = Value::Object(fields).to_string();
        assert_eq!(text, r#"{"FSaleOrderFinance":{"FExchangeRate":1,"FSettleCurrId":{"FNumber":"PRE001"}}}"#);
    }
}
