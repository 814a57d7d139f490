//! What the platform's bytes mean.
//!
//! Four topics: `trade` (the whole trade, as `taobao.trade.fullinfo.get` answers it, with or without
//! `simplify=true`, or the bare trade object), `refund` (likewise), `rds` (rows of the tables that the platform
//! fills in the merchant's database, each of which holds either of the two) and `tmc` (a message, which only ever says
//! what to fetch).

mod line;
mod message;
mod money;
mod parcel;
mod rds;
mod receiver;
mod refund;
mod state;
mod trade;

use crossdock_connector::reading::{self, Dialect};
use crossdock_connector::{
    Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, Result, time, wire,
};
use crossdock_schemas::Ts;

use crate::codes::Codes;
use crate::scrub::MASKED;
use crate::wire::{RefundReply, TradeReply};
use crate::{RDS, REFUND, TMC, TRADE, rows};

/// Name of the platform in every identity.
const PLATFORM: &str = "taobao";
/// Currency of every amount of the platform.
const CNY: &str = "CNY";

/// The normalize part.
#[derive(Debug)]
pub(crate) struct TaobaoNormalize {
    shop: String,
    codes: Codes,
}

impl TaobaoNormalize {
    pub(crate) fn new(shop: String) -> Result<Self> {
        Ok(Self { shop, codes: Codes::read()? })
    }

    fn trade(&self, body: &[u8]) -> Result<Normalized> {
        let reply: TradeReply<'_> = wire::parse(body)?;
        if reply.error_response.is_some() {
            return Err(Error::malformed("an error reply, not a trade").at("$.error_response"));
        }
        if let Some(holder) = reply.trade_fullinfo_get_response {
            let base = "$.trade_fullinfo_get_response.trade";
            let trade = holder.trade.ok_or_else(|| Error::malformed("the trade is missing").at(base))?;
            return trade::read(&mut Reading::new(self, base), &trade);
        }
        if let Some(trade) = reply.trade {
            return trade::read(&mut Reading::new(self, "$.trade"), &trade);
        }
        // The rarest form pays for a second look.
        trade::read(&mut Reading::new(self, "$"), &wire::parse(body)?)
    }

    fn refund(&self, body: &[u8]) -> Result<Normalized> {
        let reply: RefundReply<'_> = wire::parse(body)?;
        if reply.error_response.is_some() {
            return Err(Error::malformed("an error reply, not a refund").at("$.error_response"));
        }
        if let Some(holder) = reply.refund_get_response {
            let base = "$.refund_get_response.refund";
            let refund = holder.refund.ok_or_else(|| Error::malformed("the refund is missing").at(base))?;
            return refund::read(&mut Reading::new(self, base), &refund);
        }
        if let Some(refund) = reply.refund {
            return refund::read(&mut Reading::new(self, "$.refund"), &refund);
        }
        refund::read(&mut Reading::new(self, "$"), &wire::parse(body)?)
    }
}

impl Normalize for TaobaoNormalize {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        let mut read = match capture.topic.as_str() {
            TRADE => self.trade(&capture.body),
            REFUND => self.refund(&capture.body),
            TMC => message::read(&self.shop, &self.codes, &capture.body),
            RDS => rds::read(self, &capture.body),
            rows::BAD_ROW => Err(Error::malformed("the line is no row of an RDS table").at("$")),
            _ => Err(Error::new(ErrorKind::Unsupported, "a topic this connector does not know")
                .with("topic", &capture.topic)),
        }?;
        let masked = capture.headers.get(MASKED).into_iter().flat_map(|fields| fields.split(','));
        read.issues.extend(masked.map(|field| {
            Issue::new(IssueKind::BadValue, field, "plain receiver masked before it was stored")
        }));
        Ok(read)
    }
}

/// One object being read.
type Reading<'n> = reading::Reading<'n, TaobaoNormalize>;

impl Dialect for TaobaoNormalize {
    const PLATFORM: &'static str = PLATFORM;
    const CONNECTOR: &'static str = concat!("taobao@", env!("CARGO_PKG_VERSION"));

    fn shop(&self) -> &str {
        &self.shop
    }

    fn moment(text: &str) -> Result<Option<Ts>> {
        time::china(text).map(Some)
    }
}
