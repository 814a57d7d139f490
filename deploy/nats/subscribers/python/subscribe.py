"""Prints one line per event from a durable consumer: number, event, sequence, total.

    pip install -r requirements.txt
    NATS_USER=erp NATS_PASSWORD=... python subscribe.py XD_DEFAULT erp

Events arrive at least once. An event is applied when it is new, and acknowledged only after that.
"""

import asyncio
import json
import os
import signal
import sys

import nats
import nats.errors
from nats.js.errors import APIError, NotFoundError

URL = os.environ.get("NATS_URL", "nats://127.0.0.1:4222")
USER = os.environ.get("NATS_USER")
PASSWORD = os.environ.get("NATS_PASSWORD")


class Applied:
    """What was applied, per key: the last sequence, and the ids at that sequence. Keep these two beside your
    data, and change them in the same transaction; here they live as long as the program."""

    def __init__(self):
        self.last = {}

    def verdict(self, key, sequence, event_id):
        last, ids = self.last.get(key, (0, set()))
        if sequence < last:
            return "older"
        if sequence == last and event_id in ids:
            return "repeat"
        self.last[key] = (sequence, ids | {event_id} if sequence == last else {event_id})
        return "new"


def apply(event, sequence, data):
    """The place for your own code. Every event carries the whole order as it is after the event."""
    order, case, parcel = data.get("order", {}), data.get("aftersale", {}), data.get("parcel", {})
    numbers = [order.get("order_no"), *data.get("order_nos", []), case.get("aftersale_no"), parcel.get("tracking_no")]
    number = next(filter(None, numbers), "-")
    total = order.get("totals", {}).get("payable")  # a decimal as text: never make a float of it
    print(number, event, sequence, f"{total} {order.get('currency', '')}" if total else "-", sep="\t", flush=True)


async def take(message, applied):
    headers = {name.lower(): value for name, value in (message.headers or {}).items()}
    try:
        event_id, key = headers["ce-id"], headers["ce-partitionkey"]
        event = headers["ce-type"].removeprefix("io.crossdock.")
        sequence, data = int(headers["ce-sequence"]), json.loads(message.data)
    except (KeyError, ValueError) as error:
        say(f"not an event of crossdock, never again: {error!r}")
        await message.term()
        return
    verdict = applied.verdict(key, sequence, event_id)
    if verdict == "new":
        apply(event, sequence, data)
    else:
        say(f"{verdict}: {event_id}")
    await message.ack_sync()  # the server has noted it when this returns


async def main(stream, consumer):
    connected, refusals = False, []

    async def on_error(error):
        if not connected:
            raise error  # otherwise the client would try forever
        if "permissions violation" in str(error).lower():
            refusals.append(str(error))
        say(f"NATS: {error}")

    # A user of ours has its own inboxes, and finds its consumer under the domain `xd` (accounts.conf).
    own = {"user": USER, "password": PASSWORD, "inbox_prefix": f"_INBOX_{USER}"} if USER else {}
    try:
        client = await nats.connect(URL, name="subscriber", error_cb=on_error, max_reconnect_attempts=-1, **own)
    except nats.errors.Error as error:
        if "authorization" in str(error).lower():
            sys.exit(f"the server at {URL} refuses user {USER}: check NATS_USER and NATS_PASSWORD ({error})")
        sys.exit(f"cannot connect to {URL}: {error}")
    except OSError as error:
        sys.exit(f"cannot connect to {URL}: {error}; does nats-server run there?")
    connected = True

    jetstream = client.jetstream(domain="xd" if USER else None)
    try:
        await jetstream.consumer_info(stream, consumer)
    except NotFoundError:
        sys.exit(f"there is no consumer {consumer} on stream {stream}: run `crossdock nats setup`")
    except (asyncio.TimeoutError, nats.errors.TimeoutError, nats.errors.NoRespondersError, APIError) as error:
        why = refusals or [str(error) or "no answer"]
        sys.exit(f"user {USER} may not read consumer {consumer} of stream {stream}: {why[0]}")

    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    applied = Applied()
    subscription = await jetstream.pull_subscribe_bind(consumer=consumer, stream=stream)
    while not stop.is_set():
        try:
            # One after the other: events of one order stay in order.
            for message in await subscription.fetch(batch=100, timeout=2):
                await take(message, applied)
        except (asyncio.TimeoutError, nats.errors.TimeoutError):
            pass  # nothing new
        except nats.errors.Error as error:
            say(f"NATS: {error!r}; trying again")
            await asyncio.sleep(1)
    await client.close()


def say(line):
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: subscribe.py STREAM CONSUMER, for example XD_DEFAULT erp")
    asyncio.run(main(*sys.argv[1:]))
