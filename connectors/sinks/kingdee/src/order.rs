//! An order as `SAL_SaleOrder`.

use crossdock_connector::document::{constants, custom, date, number, put};
use crossdock_connector::{Error, ErrorKind, Result, amounts};
use crossdock_schemas::{Dec, DiscountTarget, FeeKind, LineKind, Order, OrderLine, Ts};
use jiff::tz::Offset;
use serde_json::{Map, Value};

use crate::bills::Bundles;
use crate::call::Model;
use crate::config::Config;
use crate::model::{MARK, PRICE_DIGITS, code};
use crate::rows::Entry;

/// An order to be written.
pub(crate) struct Writing<'a> {
    pub(crate) config: &'a Config,
    pub(crate) order: &'a Order,
    /// The data of the event, for custom fields.
    pub(crate) data: &'a Value,
    pub(crate) number: &'a str,
    pub(crate) revision: u64,
    /// When the event happened, where the order does not say when it was placed.
    pub(crate) time: Ts,
}

/// A line of the bill.
struct Line {
    mark: String,
    material: String,
    unit: String,
    quantity: Dec,
    price: Dec,
    tax_included: bool,
    tax_percent: Option<Dec>,
    free: bool,
}

impl Writing<'_> {
    /// A new bill.
    pub(crate) fn create(&self) -> Result<Model> {
        let offset = self.offset()?;
        let source = &self.order.source;
        let shop = (source.platform.as_str(), source.shop.as_str());
        let mut fields = Map::new();
        fields.insert("FID".into(), 0.into());
        put(&mut fields, "FBillTypeID.FNUMBER", self.config.order.bill_type.as_str().into());
        fields.insert("FBillNo".into(), self.number.into());
        fields.insert("FDate".into(), date(self.placed(), offset).into());
        code(
            &mut fields,
            "FSaleOrgId",
            self.config.organizations.need_shop("organizations", shop.0, shop.1)?,
        );
        code(&mut fields, "FCustId", self.config.customers.need_shop("customers", shop.0, shop.1)?);
        self.header(&mut fields);
        let lines = self.lines()?;
        let currency = self.order.currency.as_deref().unwrap_or_default();
        code(
            &mut fields,
            "FSaleOrderFinance.FSettleCurrId",
            self.config.currencies.need("currencies", currency)?,
        );
        let included = lines.iter().all(|line| line.tax_included);
        put(&mut fields, "FSaleOrderFinance.FIsIncludedTax", included.into());
        let lines: Result<Vec<Value>> = lines.iter().map(|line| self.entry(line, None, offset)).collect();
        fields.insert("FSaleOrderEntry".into(), lines?.into());
        Ok(Model { value: Value::Object(fields), update: Vec::new() })
    }

    /// The bill that is there, brought up to date.
    ///
    /// Lines are found again by their mark. Lines that people added are named by their ids alone, so that the server
    /// does not delete them as it deletes what is not named.
    pub(crate) fn update(&self, id: &str, entries: &[Entry]) -> Result<Model> {
        let offset = self.offset()?;
        let mut fields = Map::new();
        self.header(&mut fields);
        let mut update: Vec<String> = fields.keys().cloned().collect();
        let mut values = Vec::new();
        for line in self.lines()? {
            let there = entries.iter().find(|entry| entry.mark == line.mark);
            if there.is_none() {
                let same = |entry: &&Entry| !entry.mark.starts_with(MARK) && entry.material == line.material;
                if let Some(entry) = entries.iter().find(same) {
                    let field = &self.config.order.line_key_field;
                    let what = format!(
                        "line {} of {} may be ours or not: its {field} lost `{}`; write it there again, or delete the line",
                        entry.id, self.number, line.mark
                    );
                    return Err(Error::new(ErrorKind::Rejected, what));
                }
            }
            values.push(self.entry(&line, there.map(|entry| entry.id.as_str()), offset)?);
        }
        let ours = values.clone();
        for entry in entries.iter().filter(|entry| !entry.mark.starts_with(MARK)) {
            let mut kept = Map::new();
            kept.insert("FEntryID".into(), id_value(&entry.id));
            values.push(Value::Object(kept));
        }
        update.push("FSaleOrderEntry".to_owned());
        for name in ours.iter().filter_map(Value::as_object).flat_map(Map::keys) {
            if name != "FEntryID" && !update.contains(name) {
                update.push(name.clone());
            }
        }
        let mut model = Map::new();
        model.insert("FID".into(), id_value(id));
        model.extend(fields);
        model.insert("FSaleOrderEntry".into(), values.into());
        Ok(Model { value: Value::Object(model), update })
    }

    fn offset(&self) -> Result<Offset> {
        self.config.offset().ok_or_else(|| Error::config("expected an offset like +08:00").at("utc_offset"))
    }

    fn placed(&self) -> Ts {
        self.order.placed_at.unwrap_or(self.time)
    }

    /// What differs from company to company.
    fn header(&self, fields: &mut Map<String, Value>) {
        custom(fields, &self.config.order.fields, self.data);
        if let Some(to) = &self.order.ship_to {
            self.config.order.receiver.write(fields, to);
        }
        if let Some(field) = &self.config.revision_field {
            put(fields, field, self.revision.to_string().into());
        }
    }

    fn lines(&self) -> Result<Vec<Line>> {
        let payables = amounts::payables(self.order)?;
        let mut lines = Vec::new();
        for (at, (line, payable)) in self.order.lines.iter().zip(payables).enumerate() {
            let skipped = match self.config.order.bundles {
                Bundles::Bundle => line.kind == LineKind::Component,
                Bundles::Components => line.kind == LineKind::Bundle,
            };
            if !skipped {
                lines.push(self.line(at, line, payable)?);
            }
        }
        for (kind, amount) in self.fees() {
            let material = self.config.order.fees.need("order.fees", kind.as_str())?;
            if material != "none" {
                lines.push(Line {
                    mark: format!("{MARK}fee:{kind}"),
                    material: material.to_owned(),
                    unit: self.config.order.fee_unit.clone(),
                    quantity: Dec::ONE,
                    price: amount,
                    tax_included: self.order.prices_include_tax.unwrap_or(self.config.order.tax_included),
                    tax_percent: self.config.order.tax_percent,
                    free: false,
                });
            }
        }
        if lines.is_empty() {
            return Err(Error::new(ErrorKind::Rejected, "the order has no lines"));
        }
        Ok(lines)
    }

    fn line(&self, at: usize, line: &OrderLine, payable: Dec) -> Result<Line> {
        let key = line.line_key.clone().unwrap_or_else(|| (at + 1).to_string());
        let rejected = |what: String| Error::new(ErrorKind::Rejected, what);
        let sku = line.sku.as_deref().ok_or_else(|| rejected(format!("line {key} has no seller SKU")))?;
        let other = line.currency.as_deref().filter(|it| Some(*it) != self.order.currency.as_deref());
        if let Some(other) = other {
            return Err(rejected(format!("line {key} is in {other}: a bill has one currency")));
        }
        let material = match self.config.skus.find(sku) {
            Some(material) => material,
            None if self.config.skus_only => self.config.skus.need("skus", sku)?,
            None => sku,
        };
        let unit = line.unit.as_deref().unwrap_or("C62");
        let tax = line.tax.as_ref();
        let rate = tax.and_then(|tax| tax.rate).and_then(|rate| rate.checked_mul(Dec::from(100)));
        let included = tax.map(|tax| tax.included).or(self.order.prices_include_tax);
        Ok(Line {
            mark: format!("{MARK}{key}"),
            material: material.to_owned(),
            unit: self.config.units.need("units", unit)?.to_owned(),
            quantity: line.quantity,
            price: amounts::unit_price(payable, line.quantity, PRICE_DIGITS)?,
            tax_included: included.unwrap_or(self.config.order.tax_included),
            tax_percent: rate.or(self.config.order.tax_percent),
            free: line.kind == LineKind::Gift,
        })
    }

    /// What is paid beside the goods, by kind; shipping less what was taken off it.
    fn fees(&self) -> Vec<(FeeKind, Dec)> {
        let mut fees: Vec<(FeeKind, Dec)> = Vec::new();
        for fee in &self.order.fees {
            match fees.iter_mut().find(|(kind, _)| *kind == fee.kind) {
                Some((_, amount)) => *amount = *amount + fee.amount,
                None => fees.push((fee.kind, fee.amount)),
            }
        }
        let stated = self.order.totals.shipping.unwrap_or_default();
        if !fees.iter().any(|(kind, _)| *kind == FeeKind::Shipping) && !stated.is_zero() {
            fees.push((FeeKind::Shipping, stated));
        }
        let off: Dec = self
            .order
            .discounts
            .iter()
            .filter(|discount| discount.target == DiscountTarget::Shipping)
            .map(|discount| discount.amount)
            .sum();
        for (kind, amount) in &mut fees {
            if *kind == FeeKind::Shipping {
                *amount = *amount - off;
            }
        }
        fees.retain(|(_, amount)| !amount.is_zero());
        fees
    }

    /// The order of these fields matters: the server applies its rules field by field, and the price list would
    /// overwrite a price that stands before the quantity.
    fn entry(&self, line: &Line, id: Option<&str>, offset: Offset) -> Result<Value> {
        let mut fields = Map::new();
        if let Some(id) = id {
            fields.insert("FEntryID".into(), id_value(id));
        }
        code(&mut fields, "FMaterialId", &line.material);
        code(&mut fields, "FUnitID", &line.unit);
        fields.insert("FQty".into(), number(line.quantity));
        if line.free {
            fields.insert("FIsFree".into(), true.into());
        }
        let price = if line.tax_included { "FTaxPrice" } else { "FPrice" };
        fields.insert(price.into(), number(line.price));
        if let Some(percent) = line.tax_percent {
            fields.insert("FEntryTaxRate".into(), number(percent));
        }
        let promised = self.order.ship_by.as_ref().and_then(|window| window.to.or(window.from));
        fields.insert("FDeliveryDate".into(), date(promised.unwrap_or(self.placed()), offset).into());
        let source = &self.order.source;
        let settles = match &self.config.order.settle_organization {
            Some(organization) => organization,
            None => self.config.organizations.need_shop("organizations", &source.platform, &source.shop)?,
        };
        code(&mut fields, "FSettleOrgIds", settles);
        put(&mut fields, &self.config.order.line_key_field, line.mark.as_str().into());
        constants(&mut fields, &self.config.order.line_fields);
        Ok(Value::Object(fields))
    }
}

/// An internal id as the server gave it: a number where it is one.
pub(crate) fn id_value(id: &str) -> Value {
    id.parse::<u64>().map_or_else(|_| id.into(), Value::from)
}
