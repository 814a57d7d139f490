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
        pub ioss: Option<Id>,
        /// EU economic operator number.
        pub eori: Option<Id>,
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
        pub payment_no: Option<Id>,
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
