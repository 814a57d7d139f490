// Prints one line per event from a durable consumer: number, event, sequence, total.
//
//     npm ci
//     NATS_USER=erp NATS_PASSWORD=... node subscribe.js XD_DEFAULT erp
//
// Events arrive at least once. An event is applied when it is new, and acknowledged only after that.

import { connect } from "@nats-io/transport-node";
import { jetstream } from "@nats-io/jetstream";

const { NATS_URL: url = "nats://127.0.0.1:4222", NATS_USER: user, NATS_PASSWORD: pass } = process.env;
const [stream, consumer] = process.argv.slice(2);

// What was applied, per key: the last sequence, and the ids at that sequence. Keep these two beside your data, and change
// them in the same transaction; here they live as long as the program.
const applied = new Map();

function verdict(key, sequence, id) {
  const last = applied.get(key);
  if (last && sequence < last.sequence) return "older";
  if (last && sequence === last.sequence) {
    if (last.ids.has(id)) return "repeat";
    last.ids.add(id);
  } else {
    applied.set(key, { sequence, ids: new Set([id]) });
  }
  return "new";
}

// The place for your own code. Every event carries the whole order as it is after the event.
function apply(event, sequence, { order, order_nos, aftersale, parcel }) {
  const number = order?.order_no ?? order_nos?.[0] ?? aftersale?.aftersale_no ?? parcel?.tracking_no ?? "-";
  const total = order?.totals?.payable; // a decimal as text: never make a number of it
  console.log([number, event, sequence, total ? `${total} ${order.currency ?? ""}` : "-"].join("\t"));
}

function read(message) {
  const header = (name) => {
    const value = message.headers?.get(name);
    if (!value) throw new Error(`no header ${name}`);
    return value;
  };
  const sequence = header("ce-sequence"); // 20 digits: more than a number holds exactly
  if (!/^\d+$/.test(sequence)) throw new Error("ce-sequence is no number");
  return {
    id: header("ce-id"),
    key: header("ce-partitionkey"),
    event: header("ce-type").replace(/^io\.crossdock\./, ""),
    sequence: BigInt(sequence),
    data: message.json(),
  };
}

async function take(message) {
  let event;
  try {
    event = read(message);
  } catch (error) {
    console.error(`not an event of crossdock, never again: ${error.message}`);
    message.term("not an event");
    return;
  }
  const what = verdict(event.key, event.sequence, event.id);
  if (what === "new") apply(event.event, event.sequence, event.data);
  else console.error(`${what}: ${event.id}`);
  await message.ackAck(); // the server has noted it when this returns
}

function fail(words) {
  console.error(words);
  process.exit(1);
}

if (!stream || !consumer) fail("usage: subscribe.js STREAM CONSUMER, for example XD_DEFAULT erp");

// A user of ours has its own inboxes, and finds its consumer under the domain `xd` (accounts.conf).
const own = user ? { user, pass, inboxPrefix: `_INBOX_${user}` } : {};
const client = await connect({ servers: url, name: "subscriber", maxReconnectAttempts: -1, ...own }).catch((error) => {
  if (/authorization/i.test(`${error.name} ${error.message}`)) {
    fail(`the server at ${url} refuses user ${user}: check NATS_USER and NATS_PASSWORD (${error.message})`);
  }
  fail(`cannot connect to ${url}: ${error.message}; does nats-server run there?`);
});
(async () => {
  for await (const status of client.status()) {
    if (status.type === "error") console.error(`NATS: ${status.error.message}`);
    if (status.type === "disconnect" || status.type === "reconnect") console.error(`NATS: ${status.type}`);
  }
})();

const js = jetstream(client, user ? { domain: "xd" } : {});
const found = await js.consumers.get(stream, consumer).catch((error) => {
  if (/not found/i.test(error.message)) {
    fail(`there is no consumer ${consumer} on stream ${stream}: run \`crossdock nats setup\``);
  }
  fail(`user ${user} may not read consumer ${consumer} of stream ${stream}: ${error.message}`);
});

let messages;
let stopping = false;
for (const sign of ["SIGINT", "SIGTERM"]) {
  process.on(sign, () => {
    stopping = true;
    messages?.stop();
  });
}
while (!stopping) {
  try {
    messages = await found.consume({ max_messages: 100 });
    // One after the other: events of one order stay in order.
    for await (const message of messages) {
      await take(message);
      if (stopping) break;
    }
  } catch (error) {
    console.error(`NATS: ${error.message}; trying again`);
    await new Promise((done) => setTimeout(done, 1000));
  }
}
await client.close();
process.exit(0);
