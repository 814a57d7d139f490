// Verifies crossdock's webhooks in Node, without dependencies.
//
//   ERP_WEBHOOK_SECRET=whsec_... node verify.mjs [PORT]

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

export function verify(secret, headers, body, now = Date.now() / 1000) {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const id = headers["webhook-id"] ?? "";
  const timestamp = headers["webhook-timestamp"] ?? "";
  if (!/^\d+$/.test(timestamp) || Math.abs(now - Number(timestamp)) > 300) return false;
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const expected = Buffer.from("v1," + createHmac("sha256", key).update(signed).digest("base64"));
  // Several entries while the secret is changed: one that fits is enough.
  return (headers["webhook-signature"] ?? "").split(" ").some((entry) => {
    const given = Buffer.from(entry);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

if (import.meta.url === `file://${process.argv[1]}`) {
  createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks); // the bytes as they came, before any JSON parser
      const good = verify(process.env.ERP_WEBHOOK_SECRET, request.headers, body);
      if (good) console.log(request.headers["webhook-id"], JSON.parse(body).type);
      response.writeHead(good ? 204 : 401).end();
    });
  }).listen(Number(process.argv[2] ?? 9000), "127.0.0.1");
}
