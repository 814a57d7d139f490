//! Parcels, goods that came back and money that went back: bills that take their codes from the order they belong to.

use crossdock_connector::document::{constants, custom, date, number, put};
use crossdock_connector::{Error, ErrorKind, Result, amounts};
use crossdock_schemas::{AftersaleBody, Dec, ParcelBody, Ts};
use jiff::tz::Offset;
use serde_json::{Map, Value};

use crate::bills::{Refunds, Returns, Shipments, WithoutLines};
use crate::call::Model;
use crate::config::Config;
use crate::model::{MARK, PRICE_DIGITS, code};
use crate::plan;
use crate::rows::SourceRow;

/// A bill to be written about something that follows an order.
pub(crate) struct Following<'a> {
    pub(crate) config: &'a Config,
    pub(crate) data: &'a Value,
    pub(crate) number: &'a str,
    pub(crate) revision: u64,
    pub(crate) time: Ts,
    /// The lines of its orders as they stand over there.
    pub(crate) sources: &'a [SourceRow],
}

impl Following<'_> {
    /// `SAL_OUTSTOCK`: what left the warehouse.
    pub(crate) fn shipment(&self, settings: &Shipments, body: &ParcelBody) -> Result<Model> {
        let parcel = &body.parcel;
        let shop = (parcel.source.platform.as_str(), parcel.source.shop.as_str());
        let (first, lines) = self.shipped(settings, body)?;
        let mut fields = self.head(settings.bill_type.as_deref(), parcel.shipped_at.unwrap_or(self.time))?;
        code(&mut fields, "FSaleOrgId", &first.organization);
        code(&mut fields, "FCustomerID", &first.customer);
        let stock = settings.organizations.need_shop("shipments.organizations", shop.0, shop.1)?;
        code(&mut fields, "FStockOrgId", stock);
        fields.insert("FCarriageNO".into(), parcel.tracking_no.as_str().into());
        if let Some(field) = &settings.carrier_field {
            let carrier = settings.carriers.need("shipments.carriers", &parcel.carrier)?;
            put(&mut fields, field, carrier.into());
        }
        custom(&mut fields, &settings.fields, self.data);
        code(&mut fields, "SubHeadEntity.FSettleCurrID", &first.currency);
        let warehouse = settings.warehouses.need_shop("shipments.warehouses", shop.0, shop.1)?;
        let mut entries = Vec::new();
        for (row, quantity) in lines {
            let mut entry = Map::new();
            code(&mut entry, "FMaterialID", &row.material);
            code(&mut entry, "FUnitID", &row.unit);
            entry.insert("FRealQty".into(), number(quantity));
            code(&mut entry, "FStockID", warehouse);
            price(&mut entry, row, net_price(row)?);
            entry.insert("FSoorDerno".into(), row.number.as_str().into());
            constants(&mut entry, &settings.line_fields);
            if let Some(rule) = &settings.link_rule {
                entry.insert("FEntity_Link".into(), vec![link(rule, row)].into());
            }
            entries.push(Value::Object(entry));
        }
        fields.insert("FEntity".into(), entries.into());
        Ok(new(fields))
    }

    /// The return bill: what is back in the warehouse.
    pub(crate) fn goods_back(&self, settings: &Returns, body: &AftersaleBody) -> Result<Model> {
        let case = &body.aftersale;
        let shop = (case.source.platform.as_str(), case.source.shop.as_str());
        if case.lines.is_empty() {
            return Err(rejected("the case does not say which lines came back"));
        }
        let Some(first) = self.sources.first() else { return Err(rejected("the order has no lines")) };
        let mut fields = self.head(settings.bill_type.as_deref(), case.modified_at.unwrap_or(self.time))?;
        code(&mut fields, "FSaleOrgId", &first.organization);
        code(&mut fields, &settings.customer_field, &first.customer);
        let stock = settings.organizations.need_shop("returns.organizations", shop.0, shop.1)?;
        code(&mut fields, "FStockOrgId", stock);
        custom(&mut fields, &settings.fields, self.data);
        code(&mut fields, "SubHeadEntity.FSettleCurrId", &first.currency);
        let warehouse = settings.warehouses.need_shop("returns.warehouses", shop.0, shop.1)?;
        let mut entries = Vec::new();
        for line in &case.lines {
            let row = self.source(None, &line.line_key)?;
            let unit = match line.amount {
                Some(amount) => amounts::unit_price(amount, line.quantity, PRICE_DIGITS)?,
                None => net_price(row)?,
            };
            let mut entry = Map::new();
            code(&mut entry, "FMaterialId", &row.material);
            code(&mut entry, "FUnitID", &row.unit);
            entry.insert("FRealQty".into(), number(line.quantity));
            code(&mut entry, "FStockId", warehouse);
            price(&mut entry, row, unit);
            constants(&mut entry, &settings.line_fields);
            entries.push(Value::Object(entry));
        }
        fields.insert("FEntity".into(), entries.into());
        Ok(new(fields))
    }

    /// Money that went back while the goods stayed.
    pub(crate) fn money_back(&self, settings: &Refunds, body: &AftersaleBody) -> Result<Model> {
        let case = &body.aftersale;
        let refund =
            case.refund.as_ref().ok_or_else(|| rejected("the case does not say how much went back"))?;
        let Some(first) = self.sources.first() else { return Err(rejected("the order has no lines")) };
        let mut fields = self.head(settings.bill_type.as_deref(), case.modified_at.unwrap_or(self.time))?;
        code(&mut fields, &settings.organization_field, &first.organization);
        code(&mut fields, &settings.customer_field, &first.customer);
        let currency = self.config.currencies.need("currencies", &refund.currency)?;
        code(&mut fields, &settings.currency_field, currency);
        custom(&mut fields, &settings.fields, self.data);
        let mut entry = Map::new();
        put(&mut entry, &settings.amount_field, number(refund.amount));
        constants(&mut entry, &settings.line_fields);
        fields.insert(settings.entry.clone(), vec![Value::Object(entry)].into());
        Ok(new(fields))
    }

    fn head(&self, bill_type: Option<&str>, time: Ts) -> Result<Map<String, Value>> {
        let offset: Offset = self
            .config
            .offset()
            .ok_or_else(|| Error::config("expected an offset like +08:00").at("utc_offset"))?;
        let mut fields = Map::new();
        fields.insert("FID".into(), 0.into());
        if let Some(bill_type) = bill_type {
            put(&mut fields, "FBillTypeID.FNUMBER", bill_type.into());
        }
        fields.insert("FBillNo".into(), self.number.into());
        fields.insert("FDate".into(), date(time, offset).into());
        if let Some(field) = &self.config.revision_field {
            put(&mut fields, field, self.revision.to_string().into());
        }
        Ok(fields)
    }

    /// The lines in a parcel, with the first of them for what the whole bill says.
    fn shipped(
        &self,
        settings: &Shipments,
        body: &ParcelBody,
    ) -> Result<(&SourceRow, Vec<(&SourceRow, Dec)>)> {
        let parcel = &body.parcel;
        let mut lines = Vec::new();
        if parcel.lines.is_empty() {
            if settings.without_lines == WithoutLines::Reject {
                return Err(rejected(
                    "the parcel does not say what is in it; `shipments.without_lines = \"whole_order\"` takes it for the whole order",
                ));
            }
            let goods =
                |row: &&SourceRow| row.mark.strip_prefix(MARK).is_some_and(|key| !key.starts_with("fee:"));
            for row in self.sources.iter().filter(goods) {
                let what = || rejected("the order's quantity cannot be read");
                lines.push((row, row.quantity.ok_or_else(what)?));
            }
        }
        for line in &parcel.lines {
            let order = line.order_key.as_ref().map(|key| plan::number(self.config, key));
            if order.is_none() && parcel.orders.len() > 1 {
                return Err(rejected("the parcel holds several orders and a line of none of them"));
            }
            lines.push((self.source(order.as_deref(), &line.line_key)?, line.quantity));
        }
        let Some((first, _)) = lines.first().copied() else { return Err(rejected("the parcel is empty")) };
        let same = |row: &SourceRow| {
            (&row.customer, &row.organization, &row.currency)
                == (&first.customer, &first.organization, &first.currency)
        };
        if !lines.iter().all(|(row, _)| same(row)) {
            return Err(rejected(
                "the parcel holds orders of several customers, organizations or currencies",
            ));
        }
        Ok((first, lines))
    }

    /// The line of an order with our mark.
    fn source(&self, order: Option<&str>, key: &str) -> Result<&SourceRow> {
        let mark = format!("{MARK}{key}");
        let fits = |row: &&SourceRow| {
            row.mark == mark && order.is_none_or(|order| row.number.eq_ignore_ascii_case(order))
        };
        self.sources.iter().find(fits).ok_or_else(|| {
            let field = &self.config.order.line_key_field;
            rejected(format!("no line of the order has `{mark}` in its {field}"))
        })
    }
}

fn rejected(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Rejected, what)
}

fn new(fields: Map<String, Value>) -> Model {
    Model { value: Value::Object(fields), update: Vec::new() }
}

/// What one unit of the order's line costs after everything that was taken off.
fn net_price(row: &SourceRow) -> Result<Dec> {
    match (row.amount, row.quantity) {
        (Some(amount), Some(quantity)) => amounts::unit_price(amount, quantity, PRICE_DIGITS),
        _ => Err(rejected("the order's amounts cannot be read")),
    }
}

/// After the quantity, so that no price list overwrites it.
fn price(entry: &mut Map<String, Value>, row: &SourceRow, price: Dec) {
    entry.insert("FTaxPrice".into(), number(price));
    if let Some(percent) = row.tax_percent {
        entry.insert("FEntryTaxRate".into(), number(percent));
    }
}

/// Ties a line to the line of the order, so that the order's open quantity goes down.
fn link(rule: &str, row: &SourceRow) -> Value {
    let mut link = Map::new();
    link.insert("FEntity_Link_FRuleId".into(), rule.into());
    link.insert("FEntity_Link_FSTableName".into(), "T_SAL_ORDERENTRY".into());
    link.insert("FEntity_Link_FSBillId".into(), row.bill.as_str().into());
    link.insert("FEntity_Link_FSId".into(), row.entry.as_str().into());
    Value::Object(link)
}
