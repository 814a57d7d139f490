//! A sales order: found by its external id, written while it is a quotation, confirmed once its total is right.
//!
//! Each step looks at what is there, so an attempt that broke off is taken up where it was. A confirmed order is not
//! rewritten: goods may be on their way.

mod content;
mod partner;
pub(crate) mod product;
mod rows;
mod state;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crossdock_connector::{Delivery, Error, ErrorKind, Outcome};
use crossdock_schemas::{Dec, EventType, Order, OrderBody};

use crate::config::{Config, ConfirmedChanges};
use crate::names::{self, Found};
use crate::rpc::Call;
use crate::talk::{Said, Talk};
use crate::value;
use content::Content;
use state::{Place, Wish};

pub(crate) const MODEL: &str = "sale.order";

/// What is known of an order event before anything is asked.
struct Case<'a> {
    config: &'a Config,
    delivery: &'a Delivery,
    body: &'a OrderBody,
    name: String,
    company: Option<i64>,
}

/// Hands an order event over.
pub(crate) fn hand_over(
    talk: &mut Talk<'_>,
    config: &Config,
    delivery: &Delivery,
    body: &OrderBody,
) -> Said<Outcome> {
    let order = &body.order;
    let wish = state::wish(order, config.push);
    if wish == Wish::Nothing {
        return Ok(Outcome::AlreadyThere);
    }
    let source = &order.source;
    let company = config.company(&source.platform, &source.shop)?;
    let case = Case { config, delivery, body, name: names::order(&delivery.event.key), company };
    // What cannot be said is told before the first call.
    let content = content::content(order, config);
    let buyer = partner::buyer_name(order, config);
    let search = names::search_order(&config.namespace, &case.name, buyer.as_deref());
    if wish == Wish::There
        && let Err(error) = content
    {
        return Ok(Outcome::from_error(error));
    }
    let found = Found::of(&talk.records("find", &search)?);
    let there = match found.id(&case.name) {
        Some(id) => case.read(talk, "read", id)?,
        None => None,
    };
    if let Some(there) = &there
        && there.revision.is_some_and(|revision| revision > delivery.event.sequence)
    {
        return Ok(Outcome::AlreadyThere);
    }
    match (wish, there, content) {
        (Wish::Nothing, _, _) | (Wish::Cancelled, None, _) => Ok(Outcome::AlreadyThere),
        (Wish::Cancelled, Some(there), _) => case.cancel(talk, &there),
        (Wish::There, _, Err(error)) => Ok(Outcome::from_error(error)),
        (Wish::There, None, Ok(content)) => case.write(talk, &found, &content),
        (Wish::There, Some(there), Ok(content)) => match there.place {
            Place::Open => case.write(talk, &found, &content),
            Place::Confirmed => case.confirmed(talk, &found, &content),
            Place::Cancelled => Ok(case.cancelled()),
        },
    }
}

/// An order over there.
struct There {
    id: i64,
    place: Place,
    state: String,
    total: Option<Dec>,
    currency: Option<String>,
    revision: Option<u64>,
}

impl Case<'_> {
    fn order(&self) -> &Order {
        &self.body.order
    }

    fn read(&self, talk: &mut Talk<'_>, name: &'static str, id: i64) -> Said<Option<There>> {
        let mut fields = vec!["state", "amount_total", "currency_id"];
        fields.extend(self.config.revision_field.as_deref());
        let call = Call::new(MODEL, "read").on(&[id]).with("fields", json!(fields)).inside(self.company);
        let records = talk.records(name, &call)?;
        let Some(record) = records.first() else { return Ok(None) };
        let state = value::text(record, "state").unwrap_or_default();
        let kept = self.config.revision_field.as_deref().and_then(|field| value::whole(record, field));
        Ok(Some(There {
            id,
            place: Place::of(state),
            state: state.to_owned(),
            total: value::number(record, "amount_total"),
            currency: value::link_name(record, "currency_id").map(str::to_owned),
            revision: kept.and_then(|revision| u64::try_from(revision).ok()),
        }))
    }

    /// Makes or rewrites the quotation, and confirms it when it is right.
    fn write(&self, talk: &mut Talk<'_>, found: &Found, content: &Content) -> Said<Outcome> {
        let (config, order, company) = (self.config, self.order(), self.company);
        let codes: BTreeSet<&str> = content.lines.iter().filter_map(|line| line.code.as_deref()).collect();
        let warehouse = rows::warehouse(order, config)?;
        let pricelist = order.currency.as_deref().and_then(|currency| config.pricelists.find(currency));
        let products = product::find(talk, config, company, codes)?;
        let mut lines = Vec::new();
        for line in &content.lines {
            let (product, name) = products.of_line(line, config)?;
            lines.push(rows::Row { external: names::line(&self.name, &line.key), product, name, line });
        }
        let partner = partner::partner(talk, config, order, found, company)?;
        let address = partner::address(talk, config, order, &self.name, partner, company)?;
        let header = rows::Header {
            external: &self.name,
            partner,
            address,
            company,
            warehouse,
            pricelist,
            sequence: self.delivery.event.sequence,
        };
        let (fields, rows) = rows::rows(&header, order, &self.delivery.event, &lines, config)?;
        let id = talk.load("save", &Call::load(MODEL, &fields, &rows).inside(company))?;
        let gone: Vec<i64> = found
            .lines(&self.name)
            .filter(|(name, _)| !lines.iter().any(|line| line.external == *name))
            .map(|(_, id)| id)
            .collect();
        if !gone.is_empty() {
            talk.write("drop_lines", &Call::new("sale.order.line", "unlink").on(&gone).inside(company))?;
        }
        let Some(there) = self.read(talk, "check", id)? else {
            let error = Error::new(ErrorKind::Unavailable, "the order that was just saved is not there");
            return Ok(Outcome::Retry(None, error));
        };
        if let Some(error) = self.differs(&there, content) {
            return Ok(Outcome::Rejected(error));
        }
        let held = !order.status.hold.is_empty();
        if !config.confirm || held || there.place != Place::Open {
            return Ok(Outcome::Delivered);
        }
        self.confirm(talk, id)
    }

    /// Why the quotation must not be confirmed.
    fn differs(&self, there: &There, content: &Content) -> Option<Error> {
        let refused = |what: String| Some(Error::new(ErrorKind::Rejected, what));
        if let (Some(ours), Some(theirs)) = (self.order().currency.as_deref(), there.currency.as_deref())
            && ours != theirs
        {
            return refused(format!(
                "the order is in {ours}, odoo made it in {theirs} and it was left unconfirmed: add \"{ours}\" = \"..\" \
                 to the sink's settings.pricelists"
            ));
        }
        let (Some(ours), Some(theirs)) = (content.total, there.total) else { return None };
        if self.config.check_total && ours.round(2) != theirs.round(2) {
            return refused(format!(
                "the total is {ours}, odoo makes it {theirs}, and it was left unconfirmed: check taxes and roundings"
            ));
        }
        None
    }

    fn confirm(&self, talk: &mut Talk<'_>, id: i64) -> Said<Outcome> {
        let call = Call::new(MODEL, "action_confirm").on(&[id]).inside(self.company);
        let refusal = match talk.try_write("confirm", &call)? {
            // `true`; anything else is a question to a person at a screen.
            Ok(Value::Bool(true)) => return Ok(Outcome::Delivered),
            Ok(_) => {
                Error::new(ErrorKind::Rejected, "odoo asks something before it confirms: confirm it by hand")
            }
            Err(error) if error.kind() == ErrorKind::Rejected => error,
            Err(error) => return Ok(crate::error::outcome(error, true)),
        };
        // Somebody may have confirmed it meanwhile: then it is as it should be.
        match self.read(talk, "state", id)? {
            Some(there) if there.place == Place::Confirmed => Ok(Outcome::Delivered),
            _ => Ok(Outcome::Rejected(refusal)),
        }
    }

    fn cancel(&self, talk: &mut Talk<'_>, there: &There) -> Said<Outcome> {
        if there.place == Place::Cancelled {
            return Ok(Outcome::AlreadyThere);
        }
        let call = Call::new(MODEL, "action_cancel").on(&[there.id]).inside(self.company);
        // Some versions ask in a window first, unless told not to.
        talk.write("cancel", &call.told("disable_cancel_warning", json!(true)))?;
        match self.read(talk, "state", there.id)? {
            Some(now) if now.place != Place::Cancelled => {
                let what =
                    format!("odoo did not cancel the order, its state is `{}`: cancel it by hand", now.state);
                Ok(Outcome::Rejected(Error::new(ErrorKind::Rejected, what)))
            }
            _ => Ok(Outcome::Delivered),
        }
    }

    /// An order that is called off over there, though it lives here.
    fn cancelled(&self) -> Outcome {
        if !state::changes_content(self.delivery.event.event_type) {
            return Outcome::AlreadyThere;
        }
        let what = "the order is cancelled in odoo: set it back to quotation there, then retry";
        Outcome::Rejected(Error::new(ErrorKind::Rejected, what))
    }

    /// An order that is confirmed over there.
    fn confirmed(&self, talk: &mut Talk<'_>, found: &Found, content: &Content) -> Said<Outcome> {
        let event = self.delivery.event.event_type;
        if event == EventType::OrderHeld {
            let what = "the order is confirmed in odoo, which cannot hold it: stop the delivery by hand";
            return Ok(Outcome::Rejected(Error::new(ErrorKind::Rejected, what)));
        }
        if event == EventType::OrderAddressChanged && !self.config.customers.without_delivery_contact {
            let partner = partner::partner(talk, self.config, self.order(), found, self.company)?;
            partner::address(talk, self.config, self.order(), &self.name, partner, self.company)?;
            return Ok(Outcome::Delivered);
        }
        let ignored = self.config.confirmed_changes == ConfirmedChanges::Ignore;
        if ignored || !state::changes_content(event) || self.same_lines(talk, found, content)? {
            return Ok(Outcome::AlreadyThere);
        }
        let what = "the order is confirmed in odoo and its lines are others than here: change it there, then retry or drop";
        Ok(Outcome::Rejected(Error::new(ErrorKind::Rejected, what)))
    }

    /// Whether the lines over there are those of the event.
    fn same_lines(&self, talk: &mut Talk<'_>, found: &Found, content: &Content) -> Said<bool> {
        let codes: BTreeSet<&str> = content.lines.iter().filter_map(|line| line.code.as_deref()).collect();
        let products = product::find(talk, self.config, self.company, codes)?;
        let ids: Vec<i64> = found.lines(&self.name).map(|(_, id)| id).collect();
        let fields = ["product_id", "product_uom_qty", "price_unit"];
        let domain = json!([["id", "in", ids]]);
        let theirs =
            talk.records("lines", &Call::search("sale.order.line", domain, &fields).inside(self.company))?;
        let digits = self.config.price_digits;
        let mut same = theirs.len() == content.lines.len();
        for line in &content.lines {
            let (product, _) = products.of_line(line, self.config)?;
            let external = names::line(&self.name, &line.key);
            let id = found.id(&external);
            let record = theirs.iter().find(|record| id.is_some() && value::whole(record, "id") == id);
            same = same
                && record.is_some_and(|record| {
                    let price = value::number(record, "price_unit").map(|price| price.round(digits));
                    value::link(record, "product_id") == Some(product)
                        && value::number(record, "product_uom_qty") == Some(line.quantity)
                        && price == Some(line.price)
                });
        }
        Ok(same)
    }
}
