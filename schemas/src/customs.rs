//! What customs wants to know. Tariff number and origin are on the line.

use crate::{CustomsContents, CustomsMode, Money, PayerIdKind, Protected};

model! {
    /// Customs data of an order.
    pub struct Customs {
        /// How the goods pass.
        pub mode | mode_raw: CustomsMode,
        /// Whether the prices contain the import taxes.
        pub tax_included: bool,
        /// Incoterm: `DDP`.
        pub incoterm: Option<String>,
        /// EU import one-stop-shop number.
        #[serde(default, deserialize_with = "crate::read::opt_id")]
        pub ioss: Option<String>,
        /// EU economic operator number.
        #[serde(default, deserialize_with = "crate::read::opt_id")]
        pub eori: Option<String>,
        /// Duties.
        pub duties: Option<Money>,
        /// Import tax.
        pub tax: Option<Money>,
        /// Declared value.
        pub declared: Option<Money>,
        /// Name of who pays.
        pub payer_name: Option<Protected>,
        /// Identity document of who pays.
        pub payer_id: Option<PayerId>,
        /// Number of the payment as declared.
        #[serde(default, deserialize_with = "crate::read::opt_id")]
        pub payment_no: Option<String>,
        /// What the declaration calls the contents.
        pub contents | contents_raw: Option<CustomsContents>,
    }
}

model! {
    /// An identity document.
    pub struct PayerId {
        /// Which one.
        pub kind | kind_raw: PayerIdKind,
        /// Its number.
        pub value: Protected,
    }
}
