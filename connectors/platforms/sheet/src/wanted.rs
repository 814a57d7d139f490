//! Which columns are looked for in a header: those of the settings, and those of a ready mapping.

use crossdock_connector::{Error, Result};

use crate::columns::Role;
use crate::config::SheetConfig;
use crate::mapping::Preset;

/// A column that is looked for.
#[derive(Debug)]
pub(crate) struct Want {
    /// Header texts, the first one that is there counts.
    pub(crate) names: Vec<String>,
    /// Whether a file without it is refused.
    pub(crate) needed: bool,
}

/// The columns that are looked for, by role.
#[derive(Debug)]
pub(crate) struct Wanted(Vec<Option<Want>>);

impl Wanted {
    /// Puts the columns of the settings over those of the mapping. An empty text takes a column of the mapping away.
    pub(crate) fn new(config: &SheetConfig, preset: Option<&Preset>) -> Result<Self> {
        let want = |role: &Role| {
            let ready = preset.and_then(|preset| preset.columns.get(role.name()));
            match (config.columns.header(*role), ready) {
                (Some(header), Some(_)) if header.trim().is_empty() => Ok(None),
                (Some(header), None) if header.trim().is_empty() => {
                    Err(Error::config("must not be empty").at(format!("columns.{}", role.name())))
                }
                (Some(header), _) => Ok(Some(Want { names: vec![header.to_owned()], needed: true })),
                (None, Some(names)) => {
                    let needed =
                        preset.is_some_and(|preset| preset.needed.iter().any(|name| name == role.name()));
                    Ok(Some(Want { names: names.clone(), needed }))
                }
                (None, None) => Ok(None),
            }
        };
        Role::ALL.iter().map(want).collect::<Result<_>>().map(Self)
    }

    /// What is looked for.
    pub(crate) fn get(&self, role: Role) -> Option<&Want> {
        self.0.get(role.at()).and_then(Option::as_ref)
    }

    /// Whether anything is.
    pub(crate) fn has(&self, role: Role) -> bool {
        self.get(role).is_some()
    }
}
