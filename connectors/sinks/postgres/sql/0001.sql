-- Version 1 of the tables. The sink runs this itself unless `create_tables = false`; then create the schema, replace
-- {schema} by its name and run it by hand. It can be run again without harm.

-- Which versions were made, and when.
CREATE TABLE IF NOT EXISTS {schema}.crossdock_version (
    version     integer PRIMARY KEY,
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- Every event once, never changed.
CREATE TABLE IF NOT EXISTS {schema}.events (
    event_id        text PRIMARY KEY,
    event_type      text NOT NULL,
    tenant          text NOT NULL,
    platform        text NOT NULL,
    shop            text NOT NULL,
    key             text NOT NULL,
    revision        bigint NOT NULL,
    class           text NOT NULL,
    event_time      timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    idem_key        text,
    correlation_id  text,
    data            jsonb NOT NULL,
    written_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS events_key ON {schema}.events (key, revision);
CREATE INDEX IF NOT EXISTS events_recorded_at ON {schema}.events USING brin (recorded_at);

-- Each order as it is now.
CREATE TABLE IF NOT EXISTS {schema}.orders (
    tenant              text NOT NULL,
    order_key           text NOT NULL,
    revision            bigint NOT NULL,
    event_id            text NOT NULL,
    event_type          text NOT NULL,
    event_time          timestamptz NOT NULL,
    recorded_at         timestamptz NOT NULL,
    platform            text NOT NULL,
    shop                text NOT NULL,
    order_no            text NOT NULL,
    display_no          text,
    merchant_no         text,
    parent_no           text,
    kind                text,
    lifecycle           text,
    payment             text,
    fulfillment         text,
    aftersale           text,
    presale             text,
    hold                text[],
    currency            text,
    prices_include_tax  boolean,
    goods               numeric,
    discount            numeric,
    shipping            numeric,
    fees                numeric,
    tax                 numeric,
    duties              numeric,
    rounding            numeric,
    payable             numeric,
    paid                numeric,
    refunded            numeric,
    settled             numeric,
    placed_at           timestamptz,
    paid_at             timestamptz,
    confirmed_at        timestamptz,
    shipped_at          timestamptz,
    delivered_at        timestamptz,
    completed_at        timestamptz,
    cancelled_at        timestamptz,
    modified_at         timestamptz,
    ship_before         timestamptz,
    deliver_before      timestamptz,
    ship_to_country     text,
    ship_to_province    text,
    ship_to_city        text,
    ship_to_district    text,
    address_grade       text,
    idem_key            text,
    snapshot            jsonb NOT NULL,
    written_at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, order_key)
);
CREATE INDEX IF NOT EXISTS orders_order_no ON {schema}.orders (order_no);
CREATE INDEX IF NOT EXISTS orders_placed_at ON {schema}.orders (placed_at);

-- The lines of each order as they are now.
CREATE TABLE IF NOT EXISTS {schema}.order_lines (
    tenant              text NOT NULL,
    order_key           text NOT NULL,
    revision            bigint NOT NULL,
    event_id            text NOT NULL,
    event_type          text NOT NULL,
    event_time          timestamptz NOT NULL,
    recorded_at         timestamptz NOT NULL,
    platform            text NOT NULL,
    shop                text NOT NULL,
    line_key            text NOT NULL,
    line_ref            text,
    position            bigint,
    kind                text,
    parent_ref          text,
    sku                 text,
    product_ref         text,
    variant_ref         text,
    gtin                text,
    title               text,
    variant_title       text,
    quantity            numeric,
    unit                text,
    shipped             numeric,
    delivered           numeric,
    cancelled           numeric,
    returned            numeric,
    refunded            numeric,
    currency            text,
    list_price          numeric,
    unit_price          numeric,
    line_total          numeric,
    allocated_discount  numeric,
    payable             numeric,
    tax_included        boolean,
    tax_rate            numeric,
    tax_amount          numeric,
    warehouse           text,
    fulfillment         text,
    aftersale           text,
    written_at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, order_key, line_key)
);
CREATE INDEX IF NOT EXISTS order_lines_sku ON {schema}.order_lines (sku);

-- Each refund, return or exchange as it is now.
CREATE TABLE IF NOT EXISTS {schema}.aftersales (
    tenant           text NOT NULL,
    aftersale_key    text NOT NULL,
    revision         bigint NOT NULL,
    event_id         text NOT NULL,
    event_type       text NOT NULL,
    event_time       timestamptz NOT NULL,
    recorded_at      timestamptz NOT NULL,
    platform         text NOT NULL,
    shop             text NOT NULL,
    aftersale_no     text NOT NULL,
    order_key        text,
    kind             text,
    phase            text,
    status           text,
    reason_code      text,
    goods_state      text,
    refund           numeric,
    refund_currency  text,
    shipping_refund  numeric,
    return_parcel    text,
    requested_at     timestamptz,
    modified_at      timestamptz,
    deadline         timestamptz,
    closed_at        timestamptz,
    snapshot         jsonb NOT NULL,
    written_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, aftersale_key)
);
CREATE INDEX IF NOT EXISTS aftersales_order_key ON {schema}.aftersales (order_key);

-- Each parcel as it is now.
CREATE TABLE IF NOT EXISTS {schema}.parcels (
    tenant          text NOT NULL,
    parcel_key      text NOT NULL,
    revision        bigint NOT NULL,
    event_id        text NOT NULL,
    event_type      text NOT NULL,
    event_time      timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    platform        text NOT NULL,
    shop            text NOT NULL,
    carrier         text NOT NULL,
    tracking_no     text NOT NULL,
    direction       text,
    orders          text[],
    service         text,
    status          text,
    tracking_state  text,
    weight_g        numeric,
    cod_amount      numeric,
    cod_currency    text,
    shipped_at      timestamptz,
    picked_up_at    timestamptz,
    delivered_at    timestamptz,
    eta_from        timestamptz,
    eta_to          timestamptz,
    to_country      text,
    to_province     text,
    to_city         text,
    snapshot        jsonb NOT NULL,
    written_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, parcel_key)
);
CREATE INDEX IF NOT EXISTS parcels_tracking_no ON {schema}.parcels (tracking_no);
CREATE INDEX IF NOT EXISTS parcels_orders ON {schema}.parcels USING gin (orders);

-- How much of a SKU is where, as it is now.
CREATE TABLE IF NOT EXISTS {schema}.inventory (
    tenant         text NOT NULL,
    inventory_key  text NOT NULL,
    revision       bigint NOT NULL,
    event_id       text NOT NULL,
    event_type     text NOT NULL,
    event_time     timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL,
    platform       text NOT NULL,
    shop           text NOT NULL,
    location       text NOT NULL,
    sku            text NOT NULL,
    on_hand        numeric,
    reserved       numeric,
    available      numeric,
    unit           text,
    mode           text,
    as_of          timestamptz,
    snapshot       jsonb NOT NULL,
    written_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, inventory_key)
);
CREATE INDEX IF NOT EXISTS inventory_sku ON {schema}.inventory (sku);

-- Every milestone once: picked up, delivered, exception, and what took one back.
CREATE TABLE IF NOT EXISTS {schema}.milestones (
    tenant        text NOT NULL,
    parcel_key    text NOT NULL,
    revision      bigint NOT NULL,
    event_id      text PRIMARY KEY,
    event_type    text NOT NULL,
    event_time    timestamptz NOT NULL,
    recorded_at   timestamptz NOT NULL,
    platform      text NOT NULL,
    shop          text NOT NULL,
    class         text NOT NULL,
    milestone     text NOT NULL,
    reached_at    timestamptz NOT NULL,
    at_quality    text,
    reason        text,
    superseded    boolean,
    corrects      text,
    carrier       text NOT NULL,
    tracking_no   text NOT NULL,
    direction     text,
    orders        text[],
    written_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS milestones_parcel_key ON {schema}.milestones (parcel_key, revision);
CREATE INDEX IF NOT EXISTS milestones_recorded_at ON {schema}.milestones USING brin (recorded_at);

INSERT INTO {schema}.crossdock_version (version) VALUES (1) ON CONFLICT (version) DO NOTHING;
