//! The models and fields that the sheet names, and no others: a misspelt field is refused as over there.

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Whole,
    Number,
    Flag,
    /// A record of another model.
    Link(&'static str),
    /// Records of another model that link back by a field.
    Many(&'static str, &'static str),
}

use Kind::{Flag, Link, Many, Number, Text, Whole};

/// The fields of a model; nothing for a model that is not installed.
pub(super) fn fields(model: &str) -> Option<&'static [(&'static str, Kind)]> {
    Some(match model {
        "ir.model.data" => &[("module", Text), ("name", Text), ("model", Text), ("res_id", Whole)],
        "res.company" => &[("name", Text)],
        "res.currency" | "res.country" => &[("name", Text)],
        "res.country.state" => &[("name", Text), ("code", Text)],
        "product.pricelist" => &[("name", Text), ("currency_id", Link("res.currency"))],
        "stock.warehouse" => &[("name", Text)],
        "delivery.carrier" => &[("name", Text)],
        "account.journal" => &[("name", Text)],
        "res.partner" => &[
            ("name", Text),
            ("active", Flag),
            ("parent_id", Link("res.partner")),
            ("type", Text),
            ("company_id", Link("res.company")),
            ("company_name", Text),
            ("street", Text),
            ("street2", Text),
            ("city", Text),
            ("zip", Text),
            ("state_id", Link("res.country.state")),
            ("country_id", Link("res.country")),
            ("phone", Text),
            ("email", Text),
            ("ref", Text),
        ],
        "product.product" => &[
            ("name", Text),
            ("active", Flag),
            ("default_code", Text),
            ("company_id", Link("res.company")),
            // Not Odoo's name: percent on top of the price, in place of its taxes.
            ("tax", Number),
        ],
        "sale.order" => &[
            ("name", Text),
            ("state", Text),
            ("partner_id", Link("res.partner")),
            ("partner_invoice_id", Link("res.partner")),
            ("partner_shipping_id", Link("res.partner")),
            ("client_order_ref", Text),
            ("origin", Text),
            ("date_order", Text),
            ("note", Text),
            ("company_id", Link("res.company")),
            ("warehouse_id", Link("stock.warehouse")),
            ("pricelist_id", Link("product.pricelist")),
            ("currency_id", Link("res.currency")),
            ("amount_total", Number),
            ("order_line", Many("sale.order.line", "order_id")),
        ],
        "sale.order.line" => &[
            ("order_id", Link("sale.order")),
            ("sequence", Whole),
            ("product_id", Link("product.product")),
            ("name", Text),
            ("product_uom_qty", Number),
            ("price_unit", Number),
        ],
        "stock.picking" => &[
            ("name", Text),
            ("state", Text),
            ("sale_id", Link("sale.order")),
            ("company_id", Link("res.company")),
            ("picking_type_code", Text),
            ("carrier_tracking_ref", Text),
            ("carrier_id", Link("delivery.carrier")),
        ],
        "account.move" => &[
            ("name", Text),
            ("state", Text),
            ("move_type", Text),
            ("partner_id", Link("res.partner")),
            ("currency_id", Link("res.currency")),
            ("company_id", Link("res.company")),
            ("journal_id", Link("account.journal")),
            ("ref", Text),
            ("invoice_origin", Text),
            ("invoice_date", Text),
            ("amount_total", Number),
            ("invoice_line_ids", Many("account.move.line", "move_id")),
        ],
        "account.move.line" => &[
            ("move_id", Link("account.move")),
            ("product_id", Link("product.product")),
            ("name", Text),
            ("quantity", Number),
            ("price_unit", Number),
        ],
        _ => return None,
    })
}

/// What has to be there when a record is written.
pub(super) fn required(model: &str) -> &'static [&'static str] {
    match model {
        "sale.order" => &["partner_id"],
        "sale.order.line" => &["order_id", "product_id", "name"],
        "account.move" => &["move_type"],
        "account.move.line" => &["move_id"],
        "stock.picking" => &["picking_type_code"],
        _ => &[],
    }
}
