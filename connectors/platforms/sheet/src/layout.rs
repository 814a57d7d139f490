//! Where the columns of one header stand.

use crossdock_connector::{Error, Result};

use crate::columns::Role;
use crate::frame::Record;
use crate::plan::Plan;
use crate::rules::{ColumnRef, Then};

/// Where the columns of one header stand; worked out once for each header.
#[derive(Debug)]
pub(crate) struct Layout {
    /// Header texts, for messages.
    names: Vec<String>,
    /// Column of each role.
    roles: Vec<Option<usize>>,
    /// Further columns of the time, asked where the first one is empty.
    other_times: Vec<usize>,
    /// Column and role of each condition of each rule; no column where the file has none, whose cells are empty.
    rules: Vec<Vec<(Option<usize>, Option<Role>)>>,
    /// Mapped roles that speak about the whole document.
    pub(crate) document_roles: Vec<Role>,
    /// Cells a row must have: up to the last mapped column.
    needed: usize,
}

impl Layout {
    /// Finds the columns of the settings in a header.
    ///
    /// # Errors
    /// `Malformed` with the columns that are there when one is not, or stands there twice.
    pub(crate) fn new(plan: &Plan, header: Record<'_>) -> Result<Self> {
        let mut names = Vec::with_capacity(header.len());
        for cell in header.iter() {
            let name = std::str::from_utf8(cell)
                .map_err(|_| Error::malformed("the header is not UTF-8 text").at("$[0]"))?;
            names.push(name.trim().to_owned());
        }
        let find = |wanted: &str| {
            let mut found = names.iter().enumerate().filter(|(_, name)| *name == wanted.trim());
            match (found.next(), found.next()) {
                (Some((at, _)), None) => Ok(at),
                (Some(_), Some(_)) => {
                    Err(Error::malformed(format!("column `{wanted}` stands in the header twice")))
                }
                (None, _) => Err(missing(wanted, &names)),
            }
        };
        let mut roles = Vec::with_capacity(Role::ALL.len());
        let mut other_times = Vec::new();
        for role in Role::ALL {
            let Some(want) = plan.wanted.get(*role) else {
                roles.push(None);
                continue;
            };
            let there = want.names.iter().filter(|name| names.iter().any(|there| there == name.trim()));
            let mut found = there
                .map(|name| find(name))
                .collect::<Result<Vec<_>>>()
                .map_err(|error| error.at("$[0]"))?
                .into_iter();
            let first = found.next();
            if first.is_none() && want.needed {
                return Err(missing(&want.names.join("` or `"), &names).at("$[0]"));
            }
            if *role == Role::Time {
                other_times.extend(found);
            }
            roles.push(first);
        }
        let mut rules = Vec::with_capacity(plan.rules.len());
        for rule in &plan.rules {
            let columns = rule.when.iter().map(|condition| match &condition.column {
                ColumnRef::Role(role) => Ok((roles.get(role.at()).copied().flatten(), Some(*role))),
                ColumnRef::Header(name) => find(name).map(|at| (Some(at), None)),
            });
            rules.push(columns.collect::<Result<Vec<_>>>().map_err(|error| error.at("$[0]"))?);
        }
        let mapped = |role: &Role| roles.get(role.at()).is_some_and(Option::is_some);
        let document_roles =
            Role::ALL.iter().copied().filter(|role| role.of_document() && mapped(role)).collect();
        let needed = roles.iter().flatten().max().map_or(0, |at| at.saturating_add(1));
        Ok(Self { names, roles, other_times, rules, document_roles, needed })
    }

    /// The cell of a role, stripped; empty when there is none.
    pub(crate) fn cell<'a>(&self, plan: &Plan, record: Record<'a>, role: Role) -> &'a [u8] {
        let cell = self.roles.get(role.at()).copied().flatten().and_then(|at| record.get(at));
        let cell = plan.stripped(role, cell.unwrap_or_default());
        if !cell.is_empty() || role != Role::Time || self.other_times.is_empty() {
            return cell;
        }
        let others = self.other_times.iter().filter_map(|at| record.get(*at));
        others.map(|cell| plan.stripped(role, cell)).find(|cell| !cell.is_empty()).unwrap_or_default()
    }

    /// The header text of a role's column.
    pub(crate) fn name(&self, role: Role) -> &str {
        let at = self.roles.get(role.at()).copied().flatten();
        at.and_then(|at| self.names.get(at)).map_or(role.name(), String::as_str)
    }

    /// What a row is, by the first rule from number `from` on that fits and that `wanted` accepts.
    pub(crate) fn decide(&self, plan: &Plan, record: Record<'_>, wanted: impl Fn(Then) -> bool) -> Then {
        for (rule, columns) in plan.rules.iter().zip(&self.rules) {
            if !wanted(rule.then) {
                continue;
            }
            let holds = rule.when.iter().zip(columns).all(|(condition, (at, role))| {
                let cell = at.and_then(|at| record.get(at)).unwrap_or_default();
                let cell = role.map_or(cell.trim_ascii(), |role| plan.stripped(role, cell));
                condition.holds(cell, |cell| plan.number_in(cell))
            });
            if holds {
                return rule.then;
            }
        }
        Then::Line
    }

    /// Whether a row has the cells it needs and no more than the header has.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub(crate) fn check_width(&self, record: Record<'_>) -> Result<(), String> {
        let (has, header) = (record.len(), self.names.len());
        if has < self.needed {
            let next = self.names.get(has).map_or("", String::as_str);
            return Err(format!(
                "the row ends before column `{next}`: it has {has} cells, the header {header}"
            ));
        }
        if has > header && record.iter().skip(header).any(|cell| !cell.trim_ascii().is_empty()) {
            return Err(format!("the row has {has} cells, the header only {header}"));
        }
        Ok(())
    }
}

fn missing(wanted: &str, names: &[String]) -> Error {
    let there: Vec<String> = names.iter().take(40).map(|name| format!("`{}`", short(name))).collect();
    let hint = if names.len() == 1 { "; is `delimiter` right?" } else { "" };
    Error::malformed(format!("column `{wanted}` is not in the header, which has {}{hint}", there.join(", ")))
}

fn short(name: &str) -> String {
    name.chars().take(40).collect::<String>().escape_debug().to_string()
}
