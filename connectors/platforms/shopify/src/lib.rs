#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

use std::sync::Arc;

use crossdock_connector::{Call, Capabilities, Connector, Descriptor, Maturity, Parts, Quota, Result, Role};

mod aftersale;
mod carrier;
mod codes;
mod config;
mod discount;
mod error;
mod fetch;
mod graphql;
mod line;
mod money;
mod normalize;
mod order;
mod parcel;
mod people;
mod poll;
mod privacy;
mod push;
mod read;
mod session;
mod status;
mod wire;

pub use config::{Config, NoteBy, PollBy};

/// Shopify.
#[derive(Clone, Copy, Debug)]
pub struct Shopify;

impl Connector for Shopify {
    type Config = Config;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "shopify",
        title: "Shopify",
        role: Role::Platform,
        vendor_api: "Admin REST and GraphQL API and webhooks 2026-10",
        maturity: Maturity::Synthetic,
        capabilities: Capabilities {
            topics: normalize::TOPICS,
            entities: &["order", "aftersale", "parcel"],
            push: true,
            fetch: true,
            poll: true,
            max_page: Some(poll::PAGE),
            revisions: true,
            ..Capabilities::NONE
        },
        quotas: &[
            Quota {
                scope: "REST Admin calls per app and shop, smallest plan (bucket 40, leak 2 a second)",
                of: &[Call::Poll, Call::Fetch],
                calls: 40,
                seconds: 20,
            },
            Quota {
                scope: "GraphQL Admin cost points per app and shop, smallest plan",
                of: &[],
                calls: 100,
                seconds: 1,
            },
        ],
    };

    fn build(config: Config) -> Result<Parts> {
        let session = config.refresh_token.map(|first| session::Refresh {
            shop: config.shop.clone(),
            client_id: config.client_id.unwrap_or_default(),
            client_secret: config.secret.clone(),
            first,
        });
        let fixed = config.access_token.map(fetch::Access::Fixed);
        let access = fixed.or_else(|| session.is_some().then_some(fetch::Access::Session));
        let admin = access.map(|access| fetch::Admin {
            shop: config.shop.clone(),
            version: config.api_version,
            access,
        });
        let secrets = std::iter::once(config.secret).chain(config.next_secret).collect();
        let reader = normalize::Reader {
            shop: config.shop.clone(),
            note_by: config.note_by,
            carriers: carrier::Carriers::new(&config.carriers),
        };
        Ok(Parts {
            normalize: Some(Arc::new(reader)),
            push: Some(Arc::new(push::Webhooks { shop: config.shop, secrets })),
            fetch: admin.clone().map(|admin| Arc::new(fetch::Orders(admin)) as _),
            poll: admin.map(|admin| Arc::new(poll::Changes { admin, by: config.poll_by }) as _),
            session: session.map(|session| Arc::new(session) as _),
            ..Parts::default()
        })
    }
}
