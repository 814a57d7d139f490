//! The objects of the org: Salesforce's own, and those that the connector's README sets up.

/// An object's rules.
pub(super) struct Object {
    pub(super) name: &'static str,
    /// First letters of its ids.
    pub(super) prefix: &'static str,
    pub(super) fields: &'static [&'static str],
    /// Fields of numbers.
    pub(super) numbers: &'static [&'static str],
    /// What a new one has to have.
    pub(super) required: &'static [&'static str],
    /// What can be set only once.
    pub(super) once: &'static [&'static str],
    /// Relationships, each with the object it leads to.
    pub(super) lookups: &'static [(&'static str, &'static str)],
}

pub(super) const OBJECTS: [Object; 8] = [
    Object {
        name: "Account",
        prefix: "001",
        fields: &["Hub_Key__c", "Name"],
        numbers: &[],
        required: &["Name"],
        once: &[],
        lookups: &[],
    },
    Object {
        name: "Order",
        prefix: "801",
        fields: &[
            "Hub_Key__c",
            "Hub_Version__c",
            "EffectiveDate",
            "Status",
            "Pricebook2Id",
            "OrderReferenceNumber",
            "PoNumber",
            "CurrencyIsoCode",
            "Description",
            "ShippingStreet",
            "ShippingCity",
            "ShippingState",
            "ShippingPostalCode",
            "ShippingCountry",
            "BillingStreet",
            "BillingCity",
            "BillingState",
            "BillingPostalCode",
            "BillingCountry",
        ],
        numbers: &["Hub_Version__c"],
        required: &["Account", "EffectiveDate", "Status"],
        once: &[],
        lookups: &[("Account", "Account")],
    },
    Object {
        name: "OrderItem",
        prefix: "802",
        fields: &["Hub_Key__c", "PricebookEntryId", "Quantity", "UnitPrice", "Description"],
        numbers: &["Quantity", "UnitPrice"],
        required: &["Order", "PricebookEntryId", "Quantity", "UnitPrice"],
        once: &["Order", "PricebookEntryId"],
        lookups: &[("Order", "Order")],
    },
    Object {
        name: "Hub_Order__c",
        prefix: "a01",
        fields: &["Hub_Key__c", "Hub_Version__c", "Number__c", "Status__c", "Amount__c"],
        numbers: &["Hub_Version__c", "Amount__c"],
        required: &[],
        once: &[],
        lookups: &[],
    },
    Object {
        name: "Hub_Order_Line__c",
        prefix: "a02",
        fields: &["Hub_Key__c", "Quantity__c", "Price__c", "Title__c", "Sku__c"],
        numbers: &["Quantity__c", "Price__c"],
        required: &["Hub_Order__r"],
        once: &["Hub_Order__r"],
        lookups: &[("Hub_Order__r", "Hub_Order__c")],
    },
    Object {
        name: "Hub_Shipment__c",
        prefix: "a03",
        fields: &[
            "Hub_Key__c",
            "Hub_Version__c",
            "Carrier__c",
            "Tracking_No__c",
            "Direction__c",
            "Status__c",
            "Shipped_At__c",
            "Picked_Up_At__c",
            "Delivered_At__c",
        ],
        numbers: &["Hub_Version__c"],
        required: &[],
        once: &[],
        lookups: &[("Order__r", "Order")],
    },
    Object {
        name: "Hub_Milestone__c",
        prefix: "a04",
        fields: &["Hub_Key__c", "Kind__c", "At__c", "Reason__c"],
        numbers: &[],
        required: &["Shipment__r", "Kind__c"],
        once: &["Shipment__r"],
        lookups: &[("Shipment__r", "Hub_Shipment__c")],
    },
    Object {
        name: "Hub_Refund__c",
        prefix: "a05",
        fields: &[
            "Hub_Key__c",
            "Hub_Version__c",
            "Number__c",
            "Kind__c",
            "Status__c",
            "Amount__c",
            "Currency__c",
            "Reason__c",
        ],
        numbers: &["Hub_Version__c", "Amount__c"],
        required: &["Order__r"],
        once: &[],
        lookups: &[("Order__r", "Order")],
    },
];

/// An object by its name.
pub(super) fn object(name: &str) -> Option<&'static Object> {
    OBJECTS.iter().find(|object| object.name.eq_ignore_ascii_case(name))
}

impl Object {
    /// Where a relationship leads.
    pub(super) fn leads(&self, relationship: &str) -> Option<&'static str> {
        self.lookups.iter().find(|(name, _)| *name == relationship).map(|(_, object)| *object)
    }
}
