//! What the platform sends, read leniently: every value may be text, number, `""`, `null` or absent (ids of 19 digits come as
//! numbers and as text), every list a list, one object, `""` or `null`. Fields we have no word for are passed over.

mod case;
mod order;

use serde_json::value::RawValue;

pub(crate) use case::{Around, Case, CaseReply, Info, Related, Shipment};
pub(crate) use order::{Line, Order, OrderReply, Part, Phase, Place, Region};

use crossdock_connector::fields;
pub(crate) use crossdock_connector::reading::{Value, text, told};

fields! { default;
    /// What every reply has around it.
    Envelope {
        code: Value<'a>,
        /// How the older gateway calls the code.
        err_no: Value<'a>,
        msg: Value<'a>,
        sub_code: Value<'a>,
        sub_msg: Value<'a>,
        log_id: Value<'a>,
    }

    /// A page of changed orders or cases: whole rows, kept as they stand.
    ListReply {
        data: Option<List<'a>>,
    }

    /// The rows of a page.
    List {
        total: Value<'a>,
        shop_order_list: Option<&'a RawValue>,
        items: Option<&'a RawValue>,
    }

    /// A pushed message.
    Message {
        tag: Value<'a>,
        /// JSON inside a text, or the object itself.
        data: Option<&'a RawValue>,
    }

    /// What a message is about. The rest of it is not read: the order or case says it, with its own time of change.
    Content {
        p_id: Value<'a>,
        shop_id: Value<'a>,
        aftersale_id: Value<'a>,
    }
}
