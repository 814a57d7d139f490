//! Who buys.

use crate::{PartyKind, Phone, Protected};

model! {
    /// A person or company.
    pub struct Party {
        /// The platform's id of the buyer.
        #[serde(default, deserialize_with = "crate::read::opt_id")]
        pub id: Option<String>,
        /// The platform's id of the buyer for this application.
        #[serde(default, deserialize_with = "crate::read::opt_id")]
        pub open_id: Option<String>,
        /// Person or company.
        pub kind | kind_raw: PartyKind,
        /// Name.
        pub name: Option<Protected>,
        /// Mail address.
        pub email: Option<Protected>,
        /// Phone numbers.
        pub phones: Vec<Phone>,
        /// Tax numbers.
        pub tax_ids: Vec<TaxId>,
        /// Name shown on the platform.
        pub nick: Option<String>,
        /// Membership level.
        #[serde(default, deserialize_with = "crate::read::opt_id")]
        pub vip_level: Option<String>,
    }
}

model! {
    /// A tax number.
    pub struct TaxId {
        /// Which register: `vat`, `cpf`, `cnpj`.
        pub scheme: String,
        /// The number.
        pub value: Protected,
    }
}
