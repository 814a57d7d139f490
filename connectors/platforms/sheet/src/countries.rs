//! Names of countries to ISO 3166-1 codes.
//!
//! A text that is not in the table or in the settings is no country: it is kept as it stands, never guessed.

use std::collections::{BTreeMap, HashMap};

use crossdock_connector::{Error, Result};

const TABLE: &str = include_str!("countries.tsv");

/// What a text in a country column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Country {
    /// A country, by its alpha-2 code.
    Code(&'static str),
    /// Known to be no country.
    Nowhere,
    /// Not known.
    Unknown,
}

/// All names, in lower case.
#[derive(Debug)]
pub(crate) struct Countries(HashMap<String, Country>);

impl Countries {
    /// The table with the names of the settings.
    pub(crate) fn new(aliases: &BTreeMap<String, String>, no_country: &[String]) -> Result<Self> {
        let mut names = HashMap::with_capacity(1024);
        for row in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = row.split('\t');
            let (Some(code), Some(code3), Some(spellings)) = (cells.next(), cells.next(), cells.next())
            else {
                continue;
            };
            // In exports NA nearly always says "not available". Namibia and NAM are read.
            if code != "NA" {
                names.insert(code.to_lowercase(), Country::Code(code));
            }
            for name in spellings.split('|').chain([code3]) {
                names.insert(name.to_lowercase(), Country::Code(code));
            }
        }
        let known: HashMap<&str, &'static str> = TABLE
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split('\t').next())
            .map(|code| (code, code))
            .collect();
        for (name, code) in aliases {
            let code = known.get(code.as_str()).ok_or_else(|| {
                Error::config(format!("`{code}` is no ISO 3166-1 alpha-2 code"))
                    .at(format!("country_aliases.{name}"))
            })?;
            names.insert(name.trim().to_lowercase(), Country::Code(code));
        }
        for name in no_country {
            names.insert(name.trim().to_lowercase(), Country::Nowhere);
        }
        Ok(Self(names))
    }

    /// What a text is.
    pub(crate) fn find(&self, text: &str) -> Country {
        self.0.get(&text.trim().to_lowercase()).copied().unwrap_or(Country::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_codes_aliases_and_no_countries() {
        let aliases = BTreeMap::from([("EIRE".to_owned(), "IE".to_owned())]);
        let countries = Countries::new(&aliases, &["Unspecified".to_owned()]).unwrap();
        for (text, code) in [
            ("United Kingdom", "GB"),
            ("GB", "GB"),
            ("gbr", "GB"),
            (" usa ", "US"),
            ("EIRE", "IE"),
            ("Czech Republic", "CZ"),
            ("中国", "CN"),
            ("Namibia", "NA"),
            ("Hong Kong", "HK"),
        ] {
            assert_eq!(countries.find(text), Country::Code(code), "{text}");
        }
        assert_eq!(countries.find("unspecified"), Country::Nowhere);
        for text in ["Channel Islands", "European Community", "NA", "Korea", "", "Germany or France"] {
            assert_eq!(countries.find(text), Country::Unknown, "{text}");
        }
    }

    #[test]
    fn an_alias_to_nowhere_is_refused() {
        let aliases = BTreeMap::from([("EIRE".to_owned(), "IRL".to_owned())]);
        let error = Countries::new(&aliases, &[]).unwrap_err();
        assert!(error.to_string().contains("country_aliases.EIRE"), "{error}");
    }

    #[test]
    fn the_table_is_complete() {
        let rows: Vec<&str> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(rows.len(), 249);
        assert!(rows.iter().all(|row| row.split('\t').count() == 3));
    }
}
