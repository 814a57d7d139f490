#!/usr/bin/env python3
"""A receiver of crossdock's events: verifies, stores once, answers. Nothing but the standard library.

    ERP_WEBHOOK_SECRET=whsec_... python3 receiver.py [PORT]

Prints one line for each new event. What a real receiver does differently: a real database instead of events.db.
"""

import base64
import hashlib
import hmac
import json
import os
import sqlite3
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def verify(secret: str, headers, body: bytes, now: float) -> bool:
    """Standard Webhooks: HMAC-SHA256 over id, time and the body as it came."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(now - int(timestamp)) > 300:
        return False
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    # Several entries while the secret is changed: one that fits is enough.
    entries = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(entry, "v1," + expected) for entry in entries)


def store(db: sqlite3.Connection, event: dict) -> bool:
    """Keeps an event once, and of each order or parcel the newest snapshot. True when it is new."""
    with db:  # one transaction
        new = db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (event["id"],)).rowcount == 1
        if new:
            db.execute(
                "INSERT INTO latest VALUES (?, ?, ?) ON CONFLICT (subject) DO UPDATE"
                " SET sequence = excluded.sequence, data = excluded.data WHERE excluded.sequence > latest.sequence",
                (event["subject"], event["sequence"], json.dumps(event["data"])),
            )
    return new


def open_db(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY)")
    db.execute("CREATE TABLE IF NOT EXISTS latest (subject TEXT PRIMARY KEY, sequence TEXT, data TEXT)")
    return db


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if not verify(os.environ["ERP_WEBHOOK_SECRET"], self.headers, body, time.time()):
            return self.answer(401)
        told = json.loads(body)
        for event in told if isinstance(told, list) else [told]:  # a list when the sink's `batch` is above 1
            db = open_db("events.db")
            new = store(db, event)
            db.close()
            word = "new " if new else "seen"
            print(word, event["type"], event["subject"][:11], event["sequence"].lstrip("0"), flush=True)
        self.answer(204)  # only now, after the commit

    def answer(self, status: int):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 9000
    ThreadingHTTPServer(("127.0.0.1", port), Receiver).serve_forever()
