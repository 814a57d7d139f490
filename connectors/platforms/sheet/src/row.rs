//! Reading the cells of one row, with errors that name row and column and never show what stands there.

use std::str;

use crossdock_connector::{Error, Result};
use crossdock_schemas::{Dec, OrderLine, Ts};

use crate::columns::Role;
use crate::frame::Record;
use crate::layout::Layout;
use crate::plan::Plan;
use crate::problem;

/// One row and what is needed to read it.
#[derive(Clone, Copy)]
pub(crate) struct RowReader<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) layout: &'a Layout,
    pub(crate) record: Record<'a>,
    /// From 1, inside its document.
    pub(crate) number: usize,
}

impl<'a> RowReader<'a> {
    /// An error about the row.
    pub(crate) fn error(&self, what: impl Into<String>) -> Error {
        Error::malformed(what).at(format!("$[{}]", self.number))
    }

    /// An error about a cell.
    pub(crate) fn bad(&self, role: Role, what: impl std::fmt::Display) -> Error {
        let name = self.layout.name(role);
        Error::malformed(format!("column `{name}` {what}")).at(format!("$[{}].{name}", self.number))
    }

    /// The text of a cell; `None` when it is empty.
    pub(crate) fn text(&self, role: Role) -> Result<Option<&'a str>> {
        let cell = self.layout.cell(self.plan, self.record, role);
        if cell.is_empty() {
            return Ok(None);
        }
        let text = str::from_utf8(cell).map_err(|_| self.bad(role, "is not UTF-8 text"))?.trim();
        if text.contains('\0') {
            return Err(self.bad(role, "holds a NUL character"));
        }
        Ok((!text.is_empty()).then_some(text))
    }

    /// The text of an id: nothing lost, no control characters.
    pub(crate) fn id(&self, role: Role) -> Result<Option<&'a str>> {
        let text = self.text(role)?;
        match text.and_then(problem::of_id) {
            Some(what) => Err(self.bad(role, what)),
            None => Ok(text),
        }
    }

    /// A number.
    pub(crate) fn number(&self, role: Role) -> Result<Option<Dec>> {
        let Some(text) = self.text(role)? else { return Ok(None) };
        let number =
            self.plan.number(text).map_err(|error| self.bad(role, format!("is no number: {error}")))?;
        if number.fits_wire() {
            Ok(Some(number))
        } else {
            Err(self.bad(role, "has more than 19 digits before or 10 after the decimal point"))
        }
    }

    /// A time.
    pub(crate) fn time(&self, role: Role) -> Result<Ts> {
        let text = self.text(role)?.ok_or_else(|| self.bad(role, "is empty"))?;
        self.plan.clock.read(text).map_err(|what| self.bad(role, what))
    }

    /// The row as a line, its quantity with the sign it has.
    pub(crate) fn line(&self) -> Result<OrderLine> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let quantity = self.number(Role::Quantity)?.ok_or_else(|| self.bad(Role::Quantity, "is empty"))?;
        let unit_price = self.number(Role::UnitPrice)?;
        let line_total = self.number(Role::LineTotal)?;
        if unit_price.is_none() && line_total.is_none() {
            return Err(self.bad(Role::UnitPrice, "is empty, and so is the amount of the row"));
        }
        Ok(OrderLine {
            line_ref: owned(self.id(Role::LineRef)?),
            sku: owned(self.id(Role::Sku)?),
            product_ref: owned(self.id(Role::ProductRef)?),
            variant_ref: owned(self.id(Role::VariantRef)?),
            title: owned(self.text(Role::Title)?),
            variant_title: owned(self.text(Role::VariantTitle)?),
            quantity,
            unit_price,
            line_total,
            payable: self.number(Role::LinePayable)?,
            ..OrderLine::default()
        })
    }

    /// The amount of the row: as stated, else quantity times price, exactly.
    pub(crate) fn amount(&self, line: &OrderLine) -> Result<Dec> {
        if let Some(stated) = line.line_total {
            return Ok(stated);
        }
        let product = line.unit_price.and_then(|price| price.checked_mul(line.quantity));
        match product.filter(|amount| amount.fits_wire()) {
            Some(amount) => Ok(amount),
            None => {
                Err(self.bad(Role::UnitPrice, "times the quantity is no amount that can be carried exactly"))
            }
        }
    }
}
