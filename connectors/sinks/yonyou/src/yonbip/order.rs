//! An order as YonBIP's `voucherorder`.

use crossdock_connector::document::{constants, custom, date_time, number};
use crossdock_connector::mapping::Codes;
use crossdock_connector::{Error, ErrorKind, Result};
use crossdock_schemas::{Dec, Ts};
use serde_json::{Map, Value};

use crate::config::{Config, YonbipConfig};
use crate::lines::{Line, lines};
use crate::plan::Plan;

/// A new order.
pub(crate) fn insert(
    config: &Config,
    settings: &YonbipConfig,
    plan: &Plan,
    key: &str,
    time: Ts,
) -> Result<Value> {
    let order = &plan.body.order;
    let offset =
        config.offset().ok_or_else(|| Error::config("expected an offset like +08:00").at("utc_offset"))?;
    let (platform, shop) = (order.source.platform.as_str(), order.source.shop.as_str());
    let sales = settings.organizations.need_shop("yonbip.organizations", platform, shop)?;
    let or_sales = |codes: &Codes| codes.shop(platform, shop).unwrap_or(sales).to_owned();
    let settlement = or_sales(&settings.settlement_organizations);
    let stock = or_sales(&settings.stock_organizations);
    let customer = config.customers.need_shop("customers", platform, shop)?;
    let currency = order.currency.as_deref().unwrap_or_default();
    let rate = rate(settings, currency)?;
    let written = lines(config, order)?;
    // The platform refuses an order whose total is a cent beside its lines: it is their sum.
    let total: Dec = written.iter().map(|line| line.money.sum).sum();

    let mut fields = Map::new();
    let mut text = |name: &str, value: &str| drop(fields.insert(name.to_owned(), value.into()));
    text("resubmitCheckKey", key);
    text("_status", "Insert");
    text("code", &plan.number);
    text("vouchdate", &date_time(order.placed_at.unwrap_or(time), offset));
    text("salesOrgId", sales);
    text("transactionTypeId", &settings.transaction_type);
    text("agentId", customer);
    text("settlementOrgId", &settlement);
    text("invoiceAgentId", customer);
    text("orderPrices!currency", settings.currencies.need("yonbip.currencies", currency)?);
    text(
        "orderPrices!natCurrency",
        settings.currencies.need("yonbip.currencies", &settings.native_currency)?,
    );
    text("orderPrices!exchangeRateType", &settings.exchange_rate_type);
    fields.insert("orderPrices!exchRate".into(), number(rate));
    // Prices are written with tax, whatever they were.
    fields.insert("orderPrices!taxInclusive".into(), true.into());
    fields.insert("payMoney".into(), number(total));
    custom(&mut fields, &config.fields, &plan.data);
    if let Some(to) = &order.ship_to {
        config.receiver.write(&mut fields, to);
    }
    let details: Result<Vec<Value>> =
        written.iter().map(|line| detail(config, settings, line, (&stock, &settlement), rate)).collect();
    fields.insert("orderDetails".into(), details?.into());
    Ok(Value::Object(fields))
}

/// The rate into the books' own currency.
fn rate(settings: &YonbipConfig, currency: &str) -> Result<Dec> {
    if currency == settings.native_currency {
        return Ok(Dec::ONE);
    }
    let text = settings.exchange_rates.need("yonbip.exchange_rates", currency)?;
    Dec::parse(text)
        .map_err(|error| Error::new(ErrorKind::Config, "expected a rate like \"7.1\"").because(error))
}

/// A line. Units of stock, sale and price are the same one, so all rates between them are 1.
fn detail(
    config: &Config,
    settings: &YonbipConfig,
    line: &Line,
    (stock, settlement): (&str, &str),
    rate: Dec,
) -> Result<Value> {
    let native = line.money.at(rate, line.quantity)?;
    let mut fields = Map::new();
    let mut text = |name: &str, value: &str| drop(fields.insert(name.to_owned(), value.into()));
    text("_status", "Insert");
    text("productId", &line.product);
    text("stockOrgId", stock);
    text("settlementOrgId", settlement);
    for unit in ["masterUnitId", "iProductAuxUnitId", "iProductUnitId"] {
        text(unit, &line.unit);
    }
    text("taxId", settings.taxes.need("yonbip.taxes", &line.tax_percent.canonical())?);
    text("orderProductType", if line.gift { "GIFT" } else { "SALE" });
    for (name, value) in [
        ("qty", line.quantity),
        ("subQty", line.quantity),
        ("priceQty", line.quantity),
        ("invExchRate", Dec::ONE),
        ("invPriceExchRate", Dec::ONE),
        ("unitExchangeType", Dec::ZERO),
        ("unitExchangeTypePrice", Dec::ZERO),
        ("oriTaxUnitPrice", line.money.unit_sum),
        ("oriSum", line.money.sum),
        ("orderDetailPrices!oriUnitPrice", line.money.unit_net),
        ("orderDetailPrices!oriMoney", line.money.net),
        ("orderDetailPrices!oriTax", line.money.tax),
        ("orderDetailPrices!natUnitPrice", native.unit_net),
        ("orderDetailPrices!natTaxUnitPrice", native.unit_sum),
        ("orderDetailPrices!natMoney", native.net),
        ("orderDetailPrices!natSum", native.sum),
        ("orderDetailPrices!natTax", native.tax),
    ] {
        fields.insert(name.to_owned(), number(value));
    }
    constants(&mut fields, &config.line_fields);
    Ok(Value::Object(fields))
}
