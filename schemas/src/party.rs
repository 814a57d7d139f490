//! Who buys.

use crate::{PartyKind, Phone, Protected};

model! {
    /// A person or company.
    pub struct Party {
        /// The platform's id of the buyer.
        pub id: Option<Id>,
        /// The platform's id of the buyer for this application.
        pub open_id: Option<Id>,
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
        pub vip_level: Option<Id>,
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
