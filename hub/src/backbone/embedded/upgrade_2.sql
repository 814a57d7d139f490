-- From layout 1: one place for all classes became one for live events and one for the backfill.
ALTER TABLE sinks ADD COLUMN back_low INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sinks ADD COLUMN back_done TEXT NOT NULL DEFAULT '[]';
ALTER TABLE sinks ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0;
UPDATE sinks SET back_low = low, back_done = done;
ALTER TABLE handoffs ADD COLUMN track INTEGER NOT NULL DEFAULT 0;
ALTER TABLE handoffs ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;
CREATE TABLE replays (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sink INTEGER NOT NULL,
    after INTEGER NOT NULL,
    upto INTEGER NOT NULL,
    filter TEXT NOT NULL,
    numbers TEXT NOT NULL,
    per_second INTEGER,
    low INTEGER NOT NULL,
    done TEXT NOT NULL
);
UPDATE meta SET value = '2' WHERE name = 'layout';
