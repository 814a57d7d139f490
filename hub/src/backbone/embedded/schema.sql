-- The embedded store. Tables are keyed by what arrives in order (sequence, shop + number), never by hashes,
-- so that inserts stay local as the file grows. Times are microseconds since 1970, UTC.

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('layout', '2'), ('intake', '0');

CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    captured INTEGER NOT NULL DEFAULT 0,   -- captures stored
    expanded INTEGER NOT NULL DEFAULT 0    -- observations beyond one per capture
);

CREATE TABLE captures (
    seq INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    topic TEXT NOT NULL,
    headers TEXT,
    origin TEXT,
    channel TEXT NOT NULL,
    class TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    trace TEXT,
    body BLOB                              -- NULL once retention removed it
);

CREATE TABLE verdicts (                    -- promise 1, counted as it happens
    source INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (source, verdict, reason)
) WITHOUT ROWID;

CREATE TABLE issues (
    source INTEGER NOT NULL,
    kind TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (source, kind)
) WITHOUT ROWID;

CREATE TABLE quarantine (
    capture INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    kind TEXT NOT NULL,
    path TEXT,
    detail TEXT NOT NULL,
    at INTEGER NOT NULL,
    counted INTEGER NOT NULL               -- 1: this capture counts as quarantined; 0: its good parts were folded
);

CREATE TABLE nudges (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    capture INTEGER,                       -- the capture that said so, pending until this is settled
    at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL,
    error TEXT
);
CREATE INDEX nudges_due ON nudges (source, next_at);
CREATE INDEX nudges_of ON nudges (source, kind, object);

CREATE TABLE cursors (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE scopes (                      -- one row per kind and shop
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    platform TEXT NOT NULL,
    shop TEXT NOT NULL,
    UNIQUE (kind, platform, shop)
);

CREATE TABLE histories (
    id INTEGER PRIMARY KEY,
    scope INTEGER NOT NULL,
    number TEXT NOT NULL,
    key TEXT NOT NULL,                     -- published key
    version INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    aux TEXT NOT NULL,                     -- what fold remembers beside the snapshot
    snapshot TEXT,                         -- only when no event holds it
    snapshot_seq INTEGER,                  -- the event that holds it
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX histories_number ON histories (scope, number);

CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    history INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    time TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    class TEXT NOT NULL,
    capture INTEGER NOT NULL,
    idem_key TEXT,
    trace TEXT,
    snapshot TEXT,                         -- the entity after the change
    snapshot_seq INTEGER,                  -- or the event of the same step that holds it
    extra TEXT NOT NULL                    -- JSON members after the snapshot
);

CREATE TABLE touches (                     -- which captures spoke about a history, and what became of it
    history INTEGER NOT NULL,
    capture INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    first_event INTEGER,                   -- the events that this history got in the same step lie side by side
    last_event INTEGER,
    PRIMARY KEY (history, capture, verdict)
) WITHOUT ROWID;

CREATE TABLE links (                       -- parcels and after-sale cases of an order, known or not yet
    scope INTEGER NOT NULL,
    number TEXT NOT NULL,
    history INTEGER NOT NULL,
    PRIMARY KEY (scope, number, history)
) WITHOUT ROWID;
CREATE INDEX links_from ON links (history);

CREATE TABLE sinks (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    filter TEXT NOT NULL,
    low INTEGER NOT NULL,                  -- everything live up to here is settled or in handoffs
    done TEXT NOT NULL,                    -- settled above it, as a JSON list
    back_low INTEGER NOT NULL DEFAULT 0,   -- the same for the backfill (class r), which is read on its own
    back_done TEXT NOT NULL DEFAULT '[]',
    matched INTEGER NOT NULL DEFAULT 0,
    delivered INTEGER NOT NULL DEFAULT 0,
    already_there INTEGER NOT NULL DEFAULT 0,
    superseded INTEGER NOT NULL DEFAULT 0, -- not handed off: the receiver has something newer
    dropped INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE replays (                     -- what people want handed off again
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sink INTEGER NOT NULL,
    after INTEGER NOT NULL,
    upto INTEGER NOT NULL,
    filter TEXT NOT NULL,
    numbers TEXT NOT NULL,                 -- as a JSON list
    per_second INTEGER,
    low INTEGER NOT NULL,
    done TEXT NOT NULL
);

CREATE TABLE handoffs (
    sink INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    key TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    track INTEGER NOT NULL DEFAULT 0,      -- 0 live, 1 backfill, else 1 + number of the replay
    sent INTEGER NOT NULL DEFAULT 0,       -- it may have arrived: the end of an attempt is not known
    parked_at INTEGER,
    reason TEXT,
    detail TEXT,
    PRIMARY KEY (sink, seq)
) WITHOUT ROWID;

CREATE TABLE attempts (                    -- every attempt that did not deliver at once
    sink INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX attempts_of ON attempts (seq, sink);

-- For people with an SQL tool.
CREATE VIEW orders AS
    SELECT s.platform, s.shop, h.number AS order_no, h.revision, COALESCE(h.snapshot, e.snapshot) AS snapshot, h.updated_at
    FROM histories h JOIN scopes s ON s.id = h.scope AND s.kind = 'order' LEFT JOIN events e ON e.seq = h.snapshot_seq;
