//! What a source said, at one moment, about one thing.

use std::fmt;

use schemars::JsonSchema;
use serde::de::{self, Deserializer};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use crate::{Aftersale, InventoryLevel, Order, OrderRef, Parcel};

/// A snapshot of an order, after-sale case, parcel or stock level as a source saw it then.
///
/// In JSON: `{"kind": "order", "partial": false, "order": {...}, "refs": [...]}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Whether it holds only what its source mentioned; it then touches nothing else.
    pub partial: bool,
    /// What was seen.
    pub entity: Entity,
    /// The orders an after-sale case or parcel belongs to, by natural key.
    pub refs: Vec<OrderRef>,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq)]
pub enum Entity {
    /// An order.
    Order(Box<Order>),
    /// An after-sale case.
    Aftersale(Box<Aftersale>),
    /// A parcel.
    Parcel(Box<Parcel>),
    /// A stock level.
    Inventory(Box<InventoryLevel>),
}

/// Which kind of history an observation belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HistoryKind {
    /// Orders.
    Order,
    /// After-sale cases.
    Aftersale,
    /// Parcels.
    Parcel,
    /// Stock.
    Inventory,
}

impl HistoryKind {
    /// Every kind.
    pub const ALL: &'static [HistoryKind] =
        &[HistoryKind::Order, HistoryKind::Aftersale, HistoryKind::Parcel, HistoryKind::Inventory];

    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            HistoryKind::Order => "order",
            HistoryKind::Aftersale => "aftersale",
            HistoryKind::Parcel => "parcel",
            HistoryKind::Inventory => "inventory",
        }
    }
}

impl fmt::Display for HistoryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Observation {
    /// A full observation of an order.
    #[must_use]
    pub fn order(order: Order) -> Observation {
        Observation::full(Entity::Order(Box::new(order)))
    }

    /// A full observation of an after-sale case.
    #[must_use]
    pub fn aftersale(aftersale: Aftersale) -> Observation {
        Observation::full(Entity::Aftersale(Box::new(aftersale)))
    }

    /// A full observation of a parcel.
    #[must_use]
    pub fn parcel(parcel: Parcel) -> Observation {
        Observation::full(Entity::Parcel(Box::new(parcel)))
    }

    /// A full observation of a stock level.
    #[must_use]
    pub fn inventory(level: InventoryLevel) -> Observation {
        Observation::full(Entity::Inventory(Box::new(level)))
    }

    fn full(entity: Entity) -> Observation {
        Observation { partial: false, entity, refs: Vec::new() }
    }

    /// The same, holding only what the source mentioned.
    #[must_use]
    pub fn partial(mut self) -> Observation {
        self.partial = true;
        self
    }

    /// The same, belonging to these orders.
    #[must_use]
    pub fn with_refs(mut self, refs: impl IntoIterator<Item = OrderRef>) -> Observation {
        self.refs = refs.into_iter().collect();
        self
    }

    /// Which kind of history it belongs to.
    #[must_use]
    pub const fn kind(&self) -> HistoryKind {
        match self.entity {
            Entity::Order(_) => HistoryKind::Order,
            Entity::Aftersale(_) => HistoryKind::Aftersale,
            Entity::Parcel(_) => HistoryKind::Parcel,
            Entity::Inventory(_) => HistoryKind::Inventory,
        }
    }

    /// Where it was seen.
    #[must_use]
    pub const fn source(&self) -> &crate::Source {
        match &self.entity {
            Entity::Order(order) => &order.source,
            Entity::Aftersale(aftersale) => &aftersale.source,
            Entity::Parcel(parcel) => &parcel.source,
            Entity::Inventory(level) => &level.source,
        }
    }

    /// Where it was seen, to be filled in by the hub.
    pub const fn source_mut(&mut self) -> &mut crate::Source {
        match &mut self.entity {
            Entity::Order(order) => &mut order.source,
            Entity::Aftersale(aftersale) => &mut aftersale.source,
            Entity::Parcel(parcel) => &mut parcel.source,
            Entity::Inventory(level) => &mut level.source,
        }
    }
}

impl Serialize for Observation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Observation", 4)?;
        out.serialize_field("kind", self.kind().as_str())?;
        out.serialize_field("partial", &self.partial)?;
        match &self.entity {
            Entity::Order(order) => out.serialize_field("order", order)?,
            Entity::Aftersale(aftersale) => out.serialize_field("aftersale", aftersale)?,
            Entity::Parcel(parcel) => out.serialize_field("parcel", parcel)?,
            Entity::Inventory(level) => out.serialize_field("inventory", level)?,
        }
        if !self.refs.is_empty() {
            out.serialize_field("refs", &self.refs)?;
        }
        out.end()
    }
}

impl<'de> Deserialize<'de> for Observation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            kind: HistoryKind,
            #[serde(default)]
            partial: bool,
            order: Option<Box<Order>>,
            aftersale: Option<Box<Aftersale>>,
            parcel: Option<Box<Parcel>>,
            inventory: Option<Box<InventoryLevel>>,
            refs: Option<Vec<OrderRef>>,
        }
        let wire = Wire::deserialize(deserializer)?;
        let entity = match wire.kind {
            HistoryKind::Order => wire.order.map(Entity::Order),
            HistoryKind::Aftersale => wire.aftersale.map(Entity::Aftersale),
            HistoryKind::Parcel => wire.parcel.map(Entity::Parcel),
            HistoryKind::Inventory => wire.inventory.map(Entity::Inventory),
        };
        let entity = entity.ok_or_else(|| de::Error::missing_field(wire.kind.as_str()))?;
        Ok(Observation { partial: wire.partial, entity, refs: wire.refs.unwrap_or_default() })
    }
}

impl JsonSchema for Observation {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Observation".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let bodies = [
            (HistoryKind::Order, generator.subschema_for::<Order>()),
            (HistoryKind::Aftersale, generator.subschema_for::<Aftersale>()),
            (HistoryKind::Parcel, generator.subschema_for::<Parcel>()),
            (HistoryKind::Inventory, generator.subschema_for::<InventoryLevel>()),
        ];
        let refs = generator.subschema_for::<Vec<OrderRef>>();
        let choices: Vec<schemars::Schema> = bodies
            .into_iter()
            .map(|(kind, body)| {
                let name = kind.as_str();
                schemars::json_schema!({
                    "type": "object",
                    "properties": {
                        "kind": { "const": name },
                        "partial": {
                            "type": "boolean",
                            "description": "Whether it holds only what its source mentioned.",
                        },
                        name: body,
                        "refs": refs,
                    },
                    "required": ["kind", "partial", name],
                })
            })
            .collect();
        schemars::json_schema!({
            "description": "A snapshot of one thing as a source saw it then.",
            "oneOf": choices,
        })
    }
}
