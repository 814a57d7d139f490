//! Refunds, returns and exchanges. HubSpot has no object for them: each step is a note on the order, and a company's
//! own properties hold what it wants to count.

use crossdock_connector::{Error, ErrorKind, Result};
use crossdock_schemas::{Aftersale, Event};

use crate::config::Config;
use crate::plan::{Plan, note};

/// What HubSpot needs to know about an after-sale case.
pub(crate) fn plan(config: &Config, case: &Aftersale, event: &Event) -> Result<Plan> {
    let Some(order) = case.order_key.clone() else {
        let what = "the case names no order, HubSpot has no place for it without one";
        return Err(Error::new(ErrorKind::Rejected, what));
    };
    let mut plan = Plan { orders: vec![order], ..Plan::default() };
    if config.notes.aftersales {
        plan.notes.extend(note(config, event, event.id.clone())?);
    }
    Ok(plan)
}
