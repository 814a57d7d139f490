//! `deliveryorder.create`: an order as a warehouse takes it.

use serde_json::Value;

use crossdock_connector::{Error, ErrorKind, Result};
use crossdock_schemas::{Dec, Event, FeeKind, Order, OrderKind, PaymentKind, PaymentState, PaymentStatus};

use crate::config::Config;
use crate::lines::{self, Goods};
use crate::people::{self, Receiver};
use crate::text::{china, yuan};
use crate::write::Doc;

/// What a delivery order is made of, checked.
pub(crate) struct Draft<'a> {
    config: &'a Config,
    event: &'a Event,
    order: &'a Order,
    data: &'a Value,
    goods: &'a [Goods<'a>],
    receiver: Receiver,
    warehouse: &'a str,
    owner: &'a str,
    shop: &'a str,
    placed: String,
}

impl<'a> Draft<'a> {
    /// Checks what has to be there.
    ///
    /// # Errors
    /// `Rejected` when the order cannot be said in the protocol's words; the message says what the settings lack.
    pub(crate) fn new(
        config: &'a Config,
        event: &'a Event,
        order: &'a Order,
        data: &'a Value,
        goods: &'a [Goods<'a>],
    ) -> Result<Self> {
        let source = &order.source;
        let refused = |what: String| Error::new(ErrorKind::Rejected, what);
        let currency = order.currency.as_deref().unwrap_or_default();
        if currency != config.currency {
            let what =
                format!("the order is in `{currency}`, this warehouse's amounts are in {}", config.currency);
            return Err(refused(what));
        }
        let placed = order.placed_at.map(|at| china(at.at));
        let placed = placed.ok_or_else(|| {
            refused("the order is known only in part: nobody says when it was placed".to_owned())
        })?;
        Ok(Self {
            config,
            event,
            order,
            data,
            goods,
            receiver: people::receiver(config, order)?,
            warehouse: lines::warehouse(config, goods)?,
            owner: owner(config, &source.platform, &source.shop),
            shop: config.shops.need_shop("shops", &source.platform, &source.shop)?,
            placed,
        })
    }

    /// The request under a code; `previous` is the cancelled delivery order it stands for.
    pub(crate) fn body(&self, code: &str, previous: Option<&str>) -> String {
        Doc::request(|doc| {
            doc.group("deliveryOrder", |doc| self.head(code, previous, doc));
            lines::write(self.config, self.order, self.owner, self.goods, doc);
            let own: Vec<(&str, Value)> = self.config.fields.values(self.data).collect();
            if !own.is_empty() {
                doc.group("extendProps", |doc| {
                    for (name, value) in own {
                        match value {
                            Value::String(text) => doc.put(name, text),
                            other => doc.put(name, other.to_string()),
                        }
                    }
                });
            }
        })
    }

    fn head(&self, code: &str, previous: Option<&str>, doc: &mut Doc) {
        let (config, order) = (self.config, self.order);
        // The moment the hub wrote the event is when this was decided; it is the same in every attempt.
        let decided = china(self.event.recorded_at);
        doc.put("deliveryOrderCode", code);
        doc.maybe("preDeliveryOrderCode", previous);
        doc.put("orderType", order_type(order.kind));
        doc.put("warehouseCode", self.warehouse);
        doc.maybe("orderFlag", at_the_door(order).then_some("COD"));
        doc.put("sourcePlatformCode", platform(config, &order.source.platform));
        doc.put("createTime", &decided);
        doc.put("placeOrderTime", &self.placed);
        doc.maybe("payTime", paid_at(order));
        doc.put("operateTime", &decided);
        doc.put("shopNick", self.shop);
        doc.maybe("buyerNick", order.buyer.as_ref().and_then(|buyer| buyer.nick.as_deref()));
        self.amounts(doc);
        doc.put("logisticsCode", carrier(config, order));
        doc.maybe("latestDeliveryTime", order.ship_by.as_ref().and_then(|by| by.to).map(|at| china(at.at)));
        people::sender("senderInfo", &config.sender, doc);
        self.receiver.write(doc);
        doc.maybe("buyerMessage", order.buyer_note.as_deref());
        doc.maybe("sellerMessage", order.seller_note.as_deref());
        doc.maybe("remark", self.wishes());
        doc.maybe("oaidOrderSourceCode", self.receiver.is_protected().then_some(order.order_no.as_str()));
    }

    /// `totalAmount` = `itemAmount` − `discountAmount` + `freight` = `arAmount` + `gotAmount`.
    fn amounts(&self, doc: &mut Doc) {
        let totals = &self.order.totals;
        let price = |goods: &Goods<'_>| goods.line.list_price.or(goods.line.unit_price).unwrap_or_default();
        let items: Dec = self.goods.iter().map(|goods| price(goods) * Dec::from(goods.pieces)).sum();
        let fees =
            self.order.fees.iter().filter(|fee| fee.kind == FeeKind::Shipping).map(|fee| fee.amount).sum();
        let freight = totals.shipping.unwrap_or(fees);
        let known = items + freight - totals.discount.unwrap_or_default();
        let total = totals.payable.or(totals.paid).unwrap_or(known);
        let off = items + freight - total;
        let due = if at_the_door(self.order) { total - totals.paid.unwrap_or_default() } else { Dec::ZERO };
        let due = if due.is_negative() { Dec::ZERO } else { due };
        doc.put("totalAmount", yuan(total));
        doc.put("itemAmount", yuan(items));
        doc.put("discountAmount", yuan(if off.is_negative() { Dec::ZERO } else { off }));
        doc.put("freight", yuan(freight));
        doc.put("arAmount", yuan(due));
        doc.put("gotAmount", yuan(total - due));
    }

    /// What has to be made for the buyer.
    fn wishes(&self) -> Option<String> {
        let mut wishes = Vec::new();
        for goods in self.goods {
            for (name, value) in &goods.line.customization {
                wishes.push(format!("{} {name}: {value}", goods.item));
            }
        }
        (!wishes.is_empty()).then(|| wishes.join("; ").chars().take(500).collect())
    }
}

/// The owner of a shop's goods.
pub(crate) fn owner<'c>(config: &'c Config, platform: &str, shop: &str) -> &'c str {
    config.owners.shop(platform, shop).unwrap_or(&config.owner_code)
}

/// The kind of a delivery order.
pub(crate) const fn order_type(kind: OrderKind) -> &'static str {
    match kind {
        OrderKind::Sale => "JYCK",
        OrderKind::Exchange => "HHCK",
        OrderKind::Replacement => "BFCK",
        OrderKind::Sample | OrderKind::B2b | OrderKind::Pos | OrderKind::Service | OrderKind::Unknown => {
            "QTCK"
        }
    }
}

fn platform<'c>(config: &'c Config, platform: &str) -> &'c str {
    config.platforms.find(platform).unwrap_or(match platform {
        "taobao" => "TB",
        "tmall" => "TM",
        "jd" => "JD",
        _ => "OTHER",
    })
}

fn carrier<'c>(config: &'c Config, order: &Order) -> &'c str {
    let method = order.delivery.as_ref().and_then(|delivery| delivery.method_code.as_deref());
    method.and_then(|method| config.logistics.find(method)).unwrap_or(&config.logistics_code)
}

fn at_the_door(order: &Order) -> bool {
    order.status.payment == Some(PaymentState::CodPending)
        || order.payments.iter().any(|payment| payment.kind == PaymentKind::Cod)
}

fn paid_at(order: &Order) -> Option<String> {
    let captured = order.payments.iter().filter(|payment| payment.status == PaymentStatus::Captured);
    let at = order.paid_at.or_else(|| captured.filter_map(|payment| payment.at).max())?;
    Some(china(at.at))
}
