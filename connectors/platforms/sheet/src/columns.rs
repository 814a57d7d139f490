//! What a column can mean to us.

use schemars::JsonSchema;
use serde::Deserialize;

macro_rules! columns {
    ( $( $(#[doc = $doc:literal])+ $role:ident $field:ident, )+ ) => {
        /// What a column can mean to us.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Role {
            $( $(#[doc = $doc])+ $role, )+
        }

        impl Role {
            /// Every role, in the order of their numbers.
            pub(crate) const ALL: &'static [Role] = &[ $( Role::$role, )+ ];

            /// The key under `[columns]`.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $( Role::$role => stringify!($field), )+
                }
            }
        }

        /// Which column of the file holds what: the header text exactly as it stands in the file. Beside a
        /// `mapping` only what differs from it; an empty text takes a column of the mapping away.
        #[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct Columns {
            $( $(#[doc = $doc])+ #[serde(default)] pub $field: Option<String>, )+
        }

        impl Columns {
            /// The header text of a role.
            pub(crate) fn header(&self, role: Role) -> Option<&str> {
                match role {
                    $( Role::$role => self.$field.as_deref(), )+
                }
            }
        }
    };
}

columns! {
    /// Number of the document; rows with the same number belong together. Required.
    OrderNo order_no,
    /// The number people see, when it is another one.
    DisplayNo display_no,
    /// For refund documents: number of the order that is refunded.
    RefundOf refund_of,
    /// Id of the row at the source.
    LineRef line_ref,
    /// The seller's SKU.
    Sku sku,
    /// Title of the goods.
    Title title,
    /// Title of the variant.
    VariantTitle variant_title,
    /// How much. Required.
    Quantity quantity,
    /// Price of one unit. This or `line_total` is required.
    UnitPrice unit_price,
    /// Amount of the row as the source states it.
    LineTotal line_total,
    /// ISO 4217 code; needed when `currency` is not set.
    Currency currency,
    /// Time of the order. Required.
    Time time,
    /// Time of payment.
    PaidAt paid_at,
    /// Status of the order, translated by `[statuses]`.
    Status status,
    /// Shipping paid for the whole document.
    Shipping shipping,
    /// Discount on the whole document.
    Discount discount,
    /// What the buyer owes for the whole document.
    Total total,
    /// Id of the buyer.
    BuyerId buyer_id,
    /// Name of the buyer.
    BuyerName buyer_name,
    /// Mail address of the buyer.
    BuyerEmail buyer_email,
    /// Phone number of the buyer.
    BuyerPhone buyer_phone,
    /// Name of the person it goes to.
    ReceiverName receiver_name,
    /// Phone number there.
    ReceiverPhone receiver_phone,
    /// Country: English name, ISO 3166-1 code, or one of `[country_aliases]`.
    Country country,
    /// Province or state.
    Province province,
    /// City.
    City city,
    /// District.
    District district,
    /// First line of the address.
    Line1 line1,
    /// Postal code.
    PostalCode postal_code,
    /// The whole address in one text.
    Address address,
    /// Note of the buyer.
    BuyerNote buyer_note,
    /// Note of the seller.
    SellerNote seller_note,
    /// The source's id of the article.
    ProductRef product_ref,
    /// The source's id of the variant.
    VariantRef variant_ref,
    /// What the buyer owes for the row, after all discounts.
    LinePayable line_payable,
    /// Status of the row, translated by `[statuses]`, where rows of one order may differ. When they do not, it is the
    /// order's too.
    LineStatus line_status,
    /// Discount on the whole document that the platform bears.
    PlatformDiscount platform_discount,
    /// Discount on the whole document of which it is not known who bears it.
    OtherDiscount other_discount,
    /// What the buyer paid for the whole document.
    Paid paid,
    /// What the seller receives for the whole document.
    Settled settled,
    /// Name of the buyer's account.
    BuyerNick buyer_nick,
    /// Town or street office.
    Town town,
    /// Name of the carrier of the row.
    Carrier carrier,
    /// Tracking number of the row.
    TrackingNo tracking_no,
}

impl Role {
    /// Place in tables that have one entry for each role.
    pub(crate) const fn at(self) -> usize {
        self as usize
    }

    /// Whether it says something about the whole document, so that all rows have to agree.
    pub(crate) const fn of_document(self) -> bool {
        !matches!(
            self,
            Self::OrderNo
                | Self::LineRef
                | Self::Sku
                | Self::Title
                | Self::VariantTitle
                | Self::Quantity
                | Self::UnitPrice
                | Self::LineTotal
                | Self::Time
                | Self::ProductRef
                | Self::VariantRef
                | Self::LinePayable
                | Self::LineStatus
                | Self::Carrier
                | Self::TrackingNo
        )
    }

    /// Whether rows that disagree make the document unreadable; otherwise the first value stands, with an
    /// issue.
    pub(crate) const fn must_agree(self) -> bool {
        matches!(
            self,
            Self::RefundOf
                | Self::Currency
                | Self::Status
                | Self::Shipping
                | Self::Discount
                | Self::PlatformDiscount
                | Self::OtherDiscount
                | Self::Total
                | Self::Paid
                | Self::Settled
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_list() {
        for (at, role) in Role::ALL.iter().enumerate() {
            assert_eq!(role.at(), at, "{}", role.name());
        }
    }
}
