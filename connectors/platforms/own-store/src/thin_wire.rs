//! The short notices: what `data` holds for each `type`. Every field is optional but the ids.

use crossdock_connector::fields;
use crossdock_connector::wire::field::Field as Text;

fields! { default;
    /// `data` of a notice.
    Data {
        order_id: Text<'a>,
        order_number: Text<'a>,
        status: Text<'a>,
        currency: Text<'a>,
        prices_include_tax: Text<'a>,
        placed_at: Text<'a>,
        paid_at: Text<'a>,
        cancelled_at: Text<'a>,
        delivered_at: Text<'a>,
        totals: Option<Totals<'a>>,
        lines: Option<Vec<Line<'a>>>,
        shipping_address: Option<Address<'a>>,
        billing_address: Option<Address<'a>>,
        email: Text<'a>,
        note: Text<'a>,
        shipments: Option<Vec<Shipment<'a>>>,
        shipment_id: Text<'a>,
        carrier: Text<'a>,
        tracking_number: Text<'a>,
        refund_id: Text<'a>,
        return_id: Text<'a>,
        amount: Text<'a>,
        reason: Text<'a>,
    }

    /// Sums of an order, in its currency.
    Totals {
        items: Text<'a>,
        discount: Text<'a>,
        shipping: Text<'a>,
        tax: Text<'a>,
        grand: Text<'a>,
    }

    /// A line of an order, a shipment or a refund.
    Line {
        line_id: Text<'a>,
        sku: Text<'a>,
        name: Text<'a>,
        quantity: Text<'a>,
        unit_price: Text<'a>,
        discount: Text<'a>,
        tax: Text<'a>,
        amount: Text<'a>,
    }

    /// An address.
    Address {
        name: Text<'a>,
        company: Text<'a>,
        phone: Text<'a>,
        line1: Text<'a>,
        line2: Text<'a>,
        city: Text<'a>,
        province: Text<'a>,
        postal_code: Text<'a>,
        country: Text<'a>,
    }

    /// A parcel.
    Shipment {
        shipment_id: Text<'a>,
        carrier: Text<'a>,
        tracking_number: Text<'a>,
        lines: Option<Vec<Line<'a>>>,
    }
}
