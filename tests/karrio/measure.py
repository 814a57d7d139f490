"""Tracking replies parsed by the karrio SDK and normalized by crossdock, on the same bytes, one core each.

    python3 measure.py --karrio <checkout> --ours <program> [--seconds 3] [--work <folder>]

The payloads are the replies in karrio's own tests (`modules/connectors/<vendor>/tests`), read from a checkout of its repository.
They stay where they are: karrio is under the LGPL, and nothing of it belongs in this repository.

Measured of karrio is the provider's `parse_tracking_response` over a stored reply: JSON to its models, which is what its
`Tracking.fetch(..).parse()` does once the reply is there. Calls for a proof of delivery, which it makes while parsing, are
answered with nothing at once. Times are processor times of either side, so that other work on the machine is not measured.
"""

import argparse
import ast
import importlib
import logging
import pathlib
import subprocess
import sys
import tempfile
import time

# Vendor: settings, how its proxy hands a reply over, names of the replies in its tests.
VENDORS = {
    "fedex": (
        dict(api_key="k", secret_key="s", track_api_key="k", track_secret_key="s", account_number="1"),
        lambda lib, text: lib.Deserializable(text, lib.to_dict),
        ["TrackingResponse", "DuplicateTrackingResponse", "InconsistentDateTimeResponse"],
    ),
    "ups": (
        dict(client_id="c", client_secret="s", account_number="1"),
        lambda lib, text: lib.Deserializable([("1", text)], lambda all: [(no, lib.to_dict(one)) for no, one in all]),
        ["TrackingResponseJSON"],
    ),
    "usps": (
        dict(client_id="c", client_secret="s", account_number="1"),
        lambda lib, text: lib.Deserializable([("1", text)], lambda all: [(no, lib.to_dict(one)) for no, one in all]),
        ["TrackingResponse"],
    ),
    "dhl_universal": (
        dict(consumer_key="k", consumer_secret="s"),
        lambda lib, text: lib.Deserializable([text], lambda all: [lib.to_dict(one) for one in all]),
        ["TrackingResponseJSON"],
    ),
    "mydhl": (
        dict(account_number="1", username="u", password="p"),
        lambda lib, text: lib.Deserializable(text, lib.to_dict),
        ["TrackingResponse"],
    ),
}


def payloads(checkout, vendor, names):
    """The replies in the vendor's tests, by name."""
    path = checkout / "modules" / "connectors" / vendor / "tests" / vendor / "test_tracking.py"
    found = {}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            name = node.targets[0].id
            if name in names and isinstance(node.value.value, str):
                found[name] = node.value.value
    missing = [name for name in names if name not in found]
    if missing:
        sys.exit(f"{path} has no {', '.join(missing)}")
    return found


def parser(vendor, settings):
    """What parses a reply of the vendor, without any network."""
    import karrio.lib as lib

    utils = importlib.import_module(f"karrio.providers.{vendor}.utils")
    if hasattr(utils, "get_proof_of_delivery"):
        utils.get_proof_of_delivery = lambda *_: None
    settings = importlib.import_module(f"karrio.mappers.{vendor}.settings").Settings(**settings)
    provider = importlib.import_module(f"karrio.providers.{vendor}.tracking")
    hand_over = VENDORS[vendor][1]
    return lambda text: provider.parse_tracking_response(hand_over(lib, text), settings)


def measure(parse, text, seconds):
    """Nanoseconds of one reply, and what is in it."""
    for _ in range(5):
        parcels, messages = parse(text)
    start, used, rounds = time.perf_counter_ns(), time.thread_time_ns(), 0
    while time.perf_counter_ns() - start < seconds * 1_000_000_000:
        parse(text)
        rounds += 1
    each = (time.thread_time_ns() - used) // rounds
    return each, len(parcels), sum(len(parcel.events or []) for parcel in parcels)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--karrio", type=pathlib.Path, required=True, help="checkout of karrio's repository")
    options.add_argument("--ours", required=True, help="the program crossdock-beside-karrio")
    options.add_argument("--seconds", type=int, default=3, help="of each payload and side")
    options.add_argument("--work", type=pathlib.Path, default=None, help="where payloads are written for our side")
    options = options.parse_args()
    # It warns of each field that its models lack; no terminal is to be measured.
    logging.disable(logging.CRITICAL)
    work = options.work or pathlib.Path(tempfile.mkdtemp())
    theirs, sizes = {}, {}
    for vendor, (settings, _, names) in VENDORS.items():
        parse = parser(vendor, settings)
        (work / vendor).mkdir(parents=True, exist_ok=True)
        for name, text in payloads(options.karrio, vendor, names).items():
            (work / vendor / f"{name}.json").write_text(text)
            sizes[f"{vendor}/{name}"] = len(text.encode())
            theirs[f"{vendor}/{name}"] = measure(parse, text, options.seconds)
    said = subprocess.run(
        [options.ours, str(work), str(options.seconds)], check=True, capture_output=True, text=True
    ).stdout
    print("| reply | bytes | karrio: µs, parcels, scans | crossdock: µs, parcels, scans | times as fast |")
    print("|---|---|---|---|---|")
    sums = [0, 0]
    for line in said.splitlines():
        name, *numbers = line.split(" ")
        ours = [int(number) for number in numbers]
        his = theirs[name]
        sums = [sums[0] + his[0], sums[1] + ours[0]]
        show = lambda one: f"{one[0] / 1000:.1f}, {one[1]}, {one[2]}"
        print(f"| {name} | {sizes[name]} | {show(his)} | {show(ours)} | {his[0] / ours[0]:.0f} |")
    count = len(theirs)
    rate = lambda total: f"{count * 1_000_000_000 / total:,.0f}/s"
    print(f"| all, once each | {sum(sizes.values())} | {rate(sums[0])} | {rate(sums[1])} | {sums[0] / sums[1]:.0f} |")


if __name__ == "__main__":
    main()
