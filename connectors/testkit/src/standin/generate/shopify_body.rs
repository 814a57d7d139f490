//! The JSON of a Shopify order, field by field as in a webhook body of 2025 and later.
//!
//! Lines are written as text: an order of the data set has twenty of them, each body all of them again, and building
//! them as values would take longer than everything the hub does with them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::money::Mills;
use super::people::Person;
use super::rows::{Line, Sale};

const CURRENCY: &str = "GBP";
/// British value-added tax, inside the prices.
const TAX: i64 = 20;
/// What the discount code takes off, in percent.
const DISCOUNT: i64 = 10;
const CODE: &str = "WELCOME10";

/// An order with its amounts worked out: they hold through its whole life.
pub(crate) struct Order<'a> {
    sale: &'a Sale,
    nth: u64,
    person: Option<Person>,
    discounts: Vec<Mills>,
    taxes: Vec<Mills>,
    zone: TimeZone,
}

/// What has become of an order so far.
#[derive(Clone, Debug)]
pub(crate) struct Now {
    pub(crate) placed: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) financial: &'static str,
    pub(crate) cancelled: Option<Timestamp>,
    /// Parcels: from which line to which, when, and with which number.
    pub(crate) parcels: Vec<Parcel>,
    /// One piece of the first line came back.
    pub(crate) refunded: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    pub(crate) lines: std::ops::Range<usize>,
    pub(crate) at: Timestamp,
    pub(crate) number: String,
}

/// An amount in both of its currencies, which are the same here.
fn set(amount: Mills) -> Value {
    let money = json!({"amount": amount.to_string(), "currency_code": CURRENCY});
    json!({"shop_money": money, "presentment_money": money})
}

impl<'a> Order<'a> {
    pub(crate) fn new(sale: &'a Sale, nth: u64, discounted: bool) -> Self {
        let person = sale.customer.as_deref().map(|customer| Person::draw(customer, &sale.country));
        let goods: Vec<Mills> = sale.lines.iter().map(|line| line.price.times(line.quantity)).collect();
        let total: Mills = goods.iter().copied().sum();
        let mut left = if discounted { total.share(DISCOUNT, 100) } else { Mills::ZERO };
        let last = goods.len().saturating_sub(1);
        let mut discounts = Vec::with_capacity(goods.len());
        for (at, amount) in goods.iter().enumerate() {
            // The last line takes what rounding left over, as far as it can.
            let wanted = if at == last { left } else { amount.share(DISCOUNT, 100) };
            let taken = if discounted { wanted.at_most(left).at_most(*amount) } else { Mills::ZERO };
            left = left - taken;
            discounts.push(taken);
        }
        let taxed = person.as_ref().is_some_and(Person::pays_tax);
        let tax = |(amount, off): (&Mills, &Mills)| {
            if taxed { (*amount - *off).share(TAX, 100 + TAX) } else { Mills::ZERO }
        };
        let taxes = goods.iter().zip(&discounts).map(tax).collect();
        let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
        Self { sale, nth, person, discounts, taxes, zone }
    }

    pub(crate) fn id(&self) -> u64 {
        6_712_000_000_000 + self.nth
    }

    pub(crate) fn name(&self) -> String {
        format!("#{}", 1000 + self.nth)
    }

    fn line_id(&self, at: usize) -> u64 {
        // No invoice of the data set has more than 1,114 lines.
        15_518_000_000_000 + self.nth * 2000 + u64::try_from(at).unwrap_or(0)
    }

    /// A time as the shop writes it: with its own offset.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    fn goods(&self) -> Mills {
        self.sale.lines.iter().map(|line| line.price.times(line.quantity)).sum()
    }

    fn discount(&self) -> Mills {
        self.discounts.iter().copied().sum()
    }

    fn total(&self) -> Mills {
        self.goods() - self.discount() + self.sale.shipping
    }

    /// What the first line gives back for one piece.
    fn one_piece(&self) -> (Mills, Mills) {
        let Some(line) = self.sale.lines.first() else { return (Mills::ZERO, Mills::ZERO) };
        let first = |amounts: &[Mills]| amounts.first().copied().unwrap_or_default();
        let share = |amount: Mills| amount.share(1, line.quantity);
        let amount = share(line.price.times(line.quantity) - first(&self.discounts));
        (amount, share(first(&self.taxes)).at_most(amount))
    }

    fn line(&self, at: usize, line: &Line, now: &Now) -> String {
        let shipped = now.parcels.iter().any(|parcel| parcel.lines.contains(&at));
        let returned = i64::from(now.refunded.is_some() && at == 0);
        let open = if now.cancelled.is_none() && !shipped { line.quantity } else { 0 };
        let amount = |amounts: &[Mills]| amounts.get(at).copied().unwrap_or_default();
        let (discount, tax) = (amount(&self.discounts), amount(&self.taxes));
        let product =
            line.sku.bytes().fold(9_782_000_000_000_u64, |id, byte| id + (id * 31 + u64::from(byte)) % 997);
        let variant = product + 40_000_000_000_000;
        let taxes = if tax > Mills::ZERO { tax_line(tax) } else { String::new() };
        let taken = if discount > Mills::ZERO {
            format!(
                r#"{{"amount":"{discount}","amount_set":{},"discount_application_index":0}}"#,
                set_text(discount)
            )
        } else {
            String::new()
        };
        let status = if shipped { "\"fulfilled\"" } else { "null" };
        let (id, title, sku) = (self.line_id(at), quoted(&line.title), quoted(&line.sku));
        let (price, price_set, none) = (line.price, set_text(line.price), set_text(Mills::ZERO));
        let (quantity, current) = (line.quantity, line.quantity - returned);
        format!(
            concat!(
                r#"{{"id":{id},"admin_graphql_api_id":"gid://shopify/LineItem/{id}","attributed_staffs":[],"#,
                r#""current_quantity":{current},"fulfillable_quantity":{open},"fulfillment_service":"manual","#,
                r#""fulfillment_status":{status},"gift_card":false,"grams":100,"name":{title},"price":"{price}","#,
                r#""price_set":{price_set},"product_exists":true,"product_id":{product},"properties":[],"#,
                r#""quantity":{quantity},"requires_shipping":true,"sku":{sku},"taxable":true,"title":{title},"#,
                r#""total_discount":"0.00","total_discount_set":{none},"variant_id":{variant},"#,
                r#""variant_inventory_management":"shopify","variant_title":null,"vendor":"Lantern & Loom (demo)","#,
                r#""tax_lines":[{taxes}],"duties":[],"discount_allocations":[{taken}]}}"#
            ),
            id = id,
            current = current,
            open = open,
            status = status,
            title = title,
            price = price,
            price_set = price_set,
            product = product,
            quantity = quantity,
            sku = sku,
            none = none,
            variant = variant,
            taxes = taxes,
            taken = taken
        )
    }

    fn lines(&self, range: std::ops::Range<usize>, now: &Now) -> String {
        let lines = self.sale.lines.iter().enumerate();
        let texts: Vec<String> =
            lines.filter(|(at, _)| range.contains(at)).map(|(at, line)| self.line(at, line, now)).collect();
        texts.join(",")
    }

    fn shipping_lines(&self) -> Value {
        let price = self.sale.shipping;
        json!([{
            "id": 4_946_000_000_000_u64 + self.nth, "carrier_identifier": null, "code": "Standard",
            "current_discounted_price_set": set(price), "discounted_price": price.to_string(),
            "discounted_price_set": set(price), "is_removed": false, "phone": null, "price": price.to_string(),
            "price_set": set(price), "requested_fulfillment_service_id": null, "source": "shopify", "title": "Standard",
            "tax_lines": [], "discount_allocations": []
        }])
    }

    /// A fulfilment: on its own, and inside the order.
    pub(crate) fn fulfillment(&self, at: usize, parcel: &Parcel, now: &Now) -> String {
        let id = 5_012_000_000_000_u64 + self.nth * 10 + u64::try_from(at).unwrap_or(0);
        let url = format!("https://track.example/{}", parcel.number);
        let fields = json!({
            "id": id, "admin_graphql_api_id": format!("gid://shopify/Fulfillment/{id}"),
            "created_at": self.time(parcel.at), "location_id": 103_709_300_001_u64,
            "name": format!("{}-F{}", self.name(), at + 1), "order_id": self.id(), "origin_address": {}, "receipt": {},
            "service": "manual", "shipment_status": null, "status": "success", "tracking_company": "SF Express",
            "tracking_number": parcel.number, "tracking_numbers": [parcel.number], "tracking_url": url,
            "tracking_urls": [url], "updated_at": self.time(parcel.at)
        });
        with(&fields, &[("line_items", &format!("[{}]", self.lines(parcel.lines.clone(), now)))])
    }

    /// The refund of one piece of the first line.
    pub(crate) fn refund(&self, at: Timestamp, now: &Now) -> String {
        let (amount, tax) = self.one_piece();
        let id = 930_000_000_000_u64 + self.nth;
        let line = json!({
            "id": 640_000_000_000_u64 + self.nth, "line_item_id": self.line_id(0), "location_id": 103_709_300_001_u64,
            "quantity": 1, "restock_type": "return", "subtotal": number(amount), "subtotal_set": set(amount),
            "total_tax": number(tax), "total_tax_set": set(tax)
        });
        let line = with(&line, &[("line_item", &self.lines(0..1, now))]);
        let fields = json!({
            "id": id, "admin_graphql_api_id": format!("gid://shopify/Refund/{id}"), "created_at": self.time(at),
            "note": "arrived broken", "order_id": self.id(), "processed_at": self.time(at), "restock": true,
            "total_duties_set": set(Mills::ZERO), "total_additional_fees_set": set(Mills::ZERO), "user_id": null,
            "order_adjustments": [],
            "transactions": [{
                "id": 7_212_000_000_000_u64 + self.nth,
                "admin_graphql_api_id": format!("gid://shopify/OrderTransaction/{}", 7_212_000_000_000_u64 + self.nth),
                "amount": amount.to_string(), "amount_rounding": null, "authorization": null,
                "created_at": self.time(at), "currency": CURRENCY, "device_id": null, "error_code": null,
                "gateway": "shopify_payments", "kind": "refund", "location_id": null, "manual_payment_gateway": false,
                "message": "Demo", "order_id": self.id(), "parent_id": 7_112_000_000_000_u64 + self.nth,
                "payment_id": "demo.1", "processed_at": self.time(at), "receipt": {}, "source_name": "web",
                "status": "success", "test": false,
                "total_unsettled_set": {
                    "presentment_money": {"amount": "0.0", "currency": CURRENCY},
                    "shop_money": {"amount": "0.0", "currency": CURRENCY}
                },
                "user_id": null
            }],
            "refund_shipping_lines": [], "duties": [], "additional_fees": [], "return": null
        });
        with(&fields, &[("refund_line_items", &format!("[{line}]"))])
    }

    /// The order as it is now.
    pub(crate) fn body(&self, now: &Now) -> String {
        let (goods, discount, total) = (self.goods(), self.discount(), self.total());
        let tax: Mills = self.taxes.iter().copied().sum();
        let (back, tax_back) = if now.refunded.is_some() { self.one_piece() } else { Default::default() };
        let gone = if now.cancelled.is_some() { total } else { back };
        let tax_now = if now.cancelled.is_some() { Mills::ZERO } else { tax - tax_back };
        let subtotal_now = if now.cancelled.is_some() { Mills::ZERO } else { goods - discount - back };
        let all = self.sale.lines.len();
        let shipped: usize = now.parcels.iter().map(|parcel| parcel.lines.len()).sum();
        let fulfilment = match shipped {
            0 => Value::Null,
            some if some < all => "partial".into(),
            _ => "fulfilled".into(),
        };
        let email = self.person.as_ref().map_or("", |person| person.email.as_str());
        let address = self.person.as_ref().map_or(Value::Null, Person::address);
        let outstanding = if now.financial == "pending" { total } else { Mills::ZERO };
        let fulfilments: Vec<String> =
            now.parcels.iter().enumerate().map(|(at, parcel)| self.fulfillment(at, parcel, now)).collect();
        let refunds: Vec<String> = now.refunded.iter().map(|at| self.refund(*at, now)).collect();
        let head = json!({
            "id": self.id(), "admin_graphql_api_id": format!("gid://shopify/Order/{}", self.id()), "app_id": 580111,
            "browser_ip": null, "buyer_accepts_marketing": false,
            "cancel_reason": if now.cancelled.is_some() { Value::from("customer") } else { Value::Null },
            "cancelled_at": now.cancelled.map(|at| self.time(at)), "cart_token": null,
            "checkout_id": 37_000_000_000_000_u64 + self.nth, "checkout_token": format!("demo-checkout-{}", self.nth),
            "client_details": null, "closed_at": null, "company": null,
            "confirmation_number": format!("DEMO{:05}", self.nth), "confirmed": true, "contact_email": email,
            "created_at": self.time(now.placed), "currency": CURRENCY
        });
        let current = json!({
            "current_shipping_price_set": set(self.sale.shipping), "current_subtotal_price": subtotal_now.to_string(),
            "current_subtotal_price_set": set(subtotal_now), "current_total_additional_fees_set": null,
            "current_total_discounts": discount.to_string(), "current_total_discounts_set": set(discount),
            "current_total_duties_set": null, "current_total_price": (total - gone).to_string(),
            "current_total_price_set": set(total - gone), "current_total_tax": tax_now.to_string(),
            "current_total_tax_set": set(tax_now)
        });
        let middle = json!({
            "customer_locale": "en-GB", "device_id": null, "discount_codes": [],
            "duties_included": false, "email": email, "estimated_taxes": false, "financial_status": now.financial,
            "fulfillment_status": fulfilment, "landing_site": "/", "landing_site_ref": null, "location_id": null,
            "merchant_business_entity_id": "demo-entity", "merchant_of_record_app_id": null, "name": self.name(),
            "note": null, "note_attributes": [{"name": "invoice", "value": self.sale.invoice}], "number": self.nth,
            "order_number": 1000 + self.nth, "order_status_url": "https://shop.example/orders/demo",
            "original_total_additional_fees_set": null, "original_total_duties_set": null,
            "payment_gateway_names": ["shopify_payments"], "phone": null, "po_number": null,
            "presentment_currency": CURRENCY, "processed_at": self.time(now.placed), "reference": null,
            "referring_site": "", "source_identifier": null, "source_name": "web", "source_url": null,
            "test": false, "token": format!("demo-order-{}", self.nth)
        });
        let tail = json!({
            "subtotal_price": (goods - discount).to_string(), "subtotal_price_set": set(goods - discount), "tags": "",
            "tax_exempt": false, "tax_lines": [], "taxes_included": true,
            "total_cash_rounding_payment_adjustment_set": set(Mills::ZERO),
            "total_cash_rounding_refund_adjustment_set": set(Mills::ZERO), "total_discounts": discount.to_string(),
            "total_discounts_set": set(discount), "total_line_items_price": goods.to_string(),
            "total_line_items_price_set": set(goods), "total_outstanding": outstanding.to_string(),
            "total_price": total.to_string(), "total_price_set": set(total),
            "total_shipping_price_set": set(self.sale.shipping), "total_tax": tax.to_string(),
            "total_tax_set": set(tax), "total_tip_received": "0.00", "total_weight": 100 * all,
            "updated_at": self.time(now.updated), "user_id": null, "billing_address": address, "customer": null,
            "discount_applications": [], "payment_terms": null, "shipping_address": address,
            "shipping_lines": self.shipping_lines(), "returns": []
        });
        let mut fields = Map::new();
        for part in [head, current, middle, tail] {
            if let Value::Object(part) = part {
                fields.extend(part);
            }
        }
        if discount > Mills::ZERO {
            let code = json!([{"code": CODE, "amount": discount.to_string(), "type": "percentage"}]);
            let applied = json!([{
                "target_type": "line_item", "type": "discount_code", "value": "10.0", "value_type": "percentage",
                "allocation_method": "across", "target_selection": "all", "code": CODE
            }]);
            fields.insert("discount_codes".into(), code);
            fields.insert("discount_applications".into(), applied);
        }
        if tax > Mills::ZERO {
            let line: Value = serde_json::from_str(&tax_line(tax)).unwrap_or_default();
            fields.insert("tax_lines".into(), json!([line]));
        }
        if let Some(person) = &self.person {
            fields.insert("customer".into(), self.customer(person, now));
        }
        let list = |items: &[String]| format!("[{}]", items.join(","));
        with(
            &Value::Object(fields),
            &[
                ("line_items", &format!("[{}]", self.lines(0..all, now))),
                ("fulfillments", &list(&fulfilments)),
                ("refunds", &list(&refunds)),
            ],
        )
    }

    fn customer(&self, person: &Person, now: &Now) -> Value {
        let number = self.sale.customer.as_deref().and_then(|number| number.parse::<u64>().ok()).unwrap_or(0);
        let id = 8_123_000_000_000 + number;
        json!({
            "id": id, "email": person.email, "created_at": self.time(now.placed), "updated_at": self.time(now.placed),
            "first_name": person.first, "last_name": person.last, "state": "disabled", "note": null,
            "verified_email": true, "multipass_identifier": null, "tax_exempt": false, "phone": person.phone,
            "currency": CURRENCY, "tax_exemptions": [], "admin_graphql_api_id": format!("gid://shopify/Customer/{id}")
        })
    }
}

fn tax_line(tax: Mills) -> String {
    let set = set_text(tax);
    format!(r#"{{"channel_liable":false,"price":"{tax}","price_set":{set},"rate":0.2,"title":"GB VAT"}}"#)
}

/// An amount in both of its currencies, as text.
fn set_text(amount: Mills) -> String {
    let money = format!(r#"{{"amount":"{amount}","currency_code":"{CURRENCY}"}}"#);
    format!(r#"{{"shop_money":{money},"presentment_money":{money}}}"#)
}

/// A JSON string.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// An object with more fields, whose values are JSON already.
fn with(object: &Value, more: &[(&str, &str)]) -> String {
    let mut text = object.to_string();
    text.pop();
    for (name, value) in more {
        text.push_str(",\"");
        text.push_str(name);
        text.push_str("\":");
        text.push_str(value);
    }
    text.push('}');
    text
}

/// A JSON number with the digits of the amount: some fields of refunds are numbers.
fn number(amount: Mills) -> Value {
    serde_json::from_str(&amount.to_string()).unwrap_or_default()
}
