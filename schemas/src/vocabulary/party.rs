//! Words of people, addresses, customs and invoices.

vocabulary! {
    /// What a party is.
    pub enum PartyKind {
        /// A person.
        Person = "person",
        /// A company.
        Company = "company",
    }
}

vocabulary! {
    /// In which form a protected value was given.
    pub enum ProtectedState default Absent {
        /// In the clear.
        Plain = "plain",
        /// With some characters hidden.
        Masked = "masked",
        /// Only as a token or cipher text.
        Encrypted = "encrypted",
        /// Not given.
        Absent = "absent",
    }
}

vocabulary! {
    /// What kind of phone number it is.
    pub enum PhoneKind {
        /// Mobile.
        Mobile = "mobile",
        /// Landline.
        Landline = "landline",
        /// A privacy number that expires.
        Virtual = "virtual",
        /// Hotline.
        Hotline = "hotline",
    }
}

vocabulary! {
    /// What kind of address it is.
    pub enum AddressKind {
        /// A home.
        Residential = "residential",
        /// A company.
        Commercial = "commercial",
        /// A counter where parcels are handed out.
        PickupPoint = "pickup_point",
        /// A locker.
        Locker = "locker",
        /// A post-office box.
        PoBox = "po_box",
        /// A military address.
        Military = "military",
    }
}

vocabulary! {
    /// How well an address was resolved.
    pub enum AddressGrade {
        /// Complete and free of contradiction.
        A = "A",
        /// Complete after filling in or correcting.
        B = "B",
        /// District or city not known, no contradiction.
        C = "C",
        /// Ambiguous or contradictory.
        D = "D",
        /// Masked.
        M = "M",
        /// Encrypted or empty.
        E = "E",
    }
}

vocabulary! {
    /// Which map coordinates belong to.
    pub enum Datum {
        /// Worldwide.
        Wgs84 = "wgs84",
        /// Chinese maps.
        Gcj02 = "gcj02",
        /// Baidu maps.
        Bd09 = "bd09",
    }
}

vocabulary! {
    /// How goods pass customs.
    pub enum CustomsMode {
        /// General trade.
        General = "general",
        /// From a bonded warehouse.
        Bonded = "bonded",
        /// Sent directly by post or courier.
        DirectMail = "direct_mail",
        /// As personal goods.
        Personal = "personal",
    }
}

vocabulary! {
    /// What a customs declaration calls the contents.
    pub enum CustomsContents {
        /// Merchandise.
        Merchandise = "merchandise",
        /// Gift.
        Gift = "gift",
        /// Sample.
        Sample = "sample",
        /// Documents.
        Documents = "documents",
        /// Returned goods.
        Return = "return",
    }
}

vocabulary! {
    /// Which identity document a payer gave.
    pub enum PayerIdKind {
        /// Chinese identity card.
        CnIdCard = "cn_id_card",
        /// Passport.
        Passport = "passport",
        /// Brazilian number of a person.
        Cpf = "cpf",
        /// Brazilian number of a company.
        Cnpj = "cnpj",
    }
}

vocabulary! {
    /// Which invoice is wanted.
    pub enum InvoiceKind {
        /// None.
        None = "none",
        /// For a person.
        Personal = "personal",
        /// For a company.
        Company = "company",
        /// Special value-added-tax invoice.
        SpecialVat = "special_vat",
    }
}

vocabulary! {
    /// In which form an invoice is wanted.
    pub enum InvoiceForm {
        /// Electronic.
        Electronic = "electronic",
        /// On paper.
        Paper = "paper",
    }
}

vocabulary! {
    /// Where an invoice is.
    pub enum InvoiceStatus {
        /// Asked for.
        Requested = "requested",
        /// Issued.
        Issued = "issued",
        /// Taken back.
        Reversed = "reversed",
    }
}
