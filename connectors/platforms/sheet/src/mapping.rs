//! Ready mappings: settings for exports that many companies have, chosen by their name. What is set beside the name
//! wins over the mapping.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{Error, ErrorKind, Result};

use crate::config::{RefundConfig, StatusConfig};
use crate::rules::RuleConfig;

/// A ready mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mapping {
    /// Our own template, with English or Chinese headers.
    Template,
    /// Taobao and Tmall: the report of sub-orders, one row for each line.
    TaobaoExport,
    /// Taobao and Tmall: the report of orders, one row for each order and no lines.
    TaobaoExportOrders,
    /// JD: the export of orders, one row for each SKU of an order.
    JdExport,
    /// Pinduoduo: the export of orders, one row for each order.
    PinduoduoExport,
}

/// What a ready mapping says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Preset {
    #[serde(default)]
    pub(crate) platform: String,
    #[serde(default)]
    pub(crate) zone: Option<String>,
    #[serde(default)]
    pub(crate) currency: Option<String>,
    #[serde(default)]
    pub(crate) time_formats: Vec<String>,
    #[serde(default)]
    pub(crate) unwrap_text: bool,
    #[serde(default)]
    pub(crate) mask_people: bool,
    #[serde(default)]
    pub(crate) no_lines: bool,
    #[serde(default)]
    pub(crate) in_part: bool,
    #[serde(default)]
    pub(crate) time_may_be_empty: bool,
    /// Keys of `columns` without which a file is none of these.
    #[serde(default)]
    pub(crate) needed: Vec<String>,
    /// Header texts by key of `columns`.
    #[serde(default)]
    pub(crate) columns: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) currency_aliases: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) statuses: BTreeMap<String, StatusConfig>,
    #[serde(default)]
    pub(crate) refund: Option<RefundConfig>,
    #[serde(default)]
    pub(crate) rules: Vec<RuleConfig>,
}

impl Mapping {
    const fn text(self) -> &'static str {
        match self {
            Self::Template => include_str!("mappings/template.toml"),
            Self::TaobaoExport => include_str!("mappings/taobao-export.toml"),
            Self::TaobaoExportOrders => include_str!("mappings/taobao-export-orders.toml"),
            Self::JdExport => include_str!("mappings/jd-export.toml"),
            Self::PinduoduoExport => include_str!("mappings/pinduoduo-export.toml"),
        }
    }

    /// Reads what it says.
    pub(crate) fn preset(self) -> Result<Preset> {
        toml::from_str(self.text())
            .map_err(|error| Error::new(ErrorKind::Bug, "a ready mapping cannot be read").because(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::Role;

    const ALL: [Mapping; 5] = [
        Mapping::Template,
        Mapping::TaobaoExport,
        Mapping::TaobaoExportOrders,
        Mapping::JdExport,
        Mapping::PinduoduoExport,
    ];

    #[test]
    fn every_mapping_says_what_we_know() {
        for mapping in ALL {
            let preset = mapping.preset().unwrap();
            let known = |key: &String| Role::ALL.iter().any(|role| role.name() == key);
            for key in preset.columns.keys().chain(&preset.needed) {
                assert!(known(key), "{mapping:?}: no column `{key}`");
            }
            for key in &preset.needed {
                assert!(preset.columns.contains_key(key), "{mapping:?}: `{key}` has no header");
            }
            assert!(preset.columns.values().all(|names| !names.is_empty()), "{mapping:?}");
            assert!(preset.unwrap_text && preset.needed.contains(&"order_no".to_owned()), "{mapping:?}");
        }
    }
}
