#!/usr/bin/env node
// A receiver of monitor's webhooks in one file: copy it. Node 18 or newer, no packages.
//
//   node webhook_receiver.mjs --port 8901 --secret-file secret.txt --log received.jsonl
//
// It verifies the signature (Standard Webhooks, https://www.standardwebhooks.com) over the very bytes that came, takes
// each id once, sounds nothing for what is late, expired, a test or an exercise, and treats three missed heartbeats as
// unknown: silence is never an all-clear.

import { createHmac, timingSafeEqual } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import { parseArgs } from "node:util";

const TOLERANCE_SECONDS = 300;
const MISSED_HEARTBEATS = 3;
const MAX_BODY = 70_000;

const { values: chosen } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "8901" },
    "secret-file": { type: "string" },
    log: { type: "string" },
    "heartbeat-seconds": { type: "string", default: "60" },
  },
});
const keys = readFileSync(chosen["secret-file"], "utf8")
  .split(/\s+/)
  .filter(Boolean)
  .map((word) => Buffer.from(word.replace(/^whsec_/, ""), "base64"));

const seen = new Set();
const regions = new Map();
let heardAt = null;
let heartbeatSeconds = Number(chosen["heartbeat-seconds"]);

if (chosen.log && existsSync(chosen.log)) {
  for (const line of readFileSync(chosen.log, "utf8").split("\n")) {
    try {
      const row = JSON.parse(line);
      if (row.verified) seen.add(row.id);
    } catch {
      // A line that a crash has cut: its message was never acknowledged and comes again.
    }
  }
}

function isSigned(headers, body) {
  const id = headers["webhook-id"];
  const stamp = headers["webhook-timestamp"];
  if (!id || !/^\d{1,12}$/.test(stamp ?? "")) return false;
  if (Math.abs(Date.now() / 1000 - Number(stamp)) > TOLERANCE_SECONDS) return false;
  const signed = Buffer.concat([Buffer.from(`${id}.${stamp}.`), body]);
  const given = (headers["webhook-signature"] ?? "").split(" ").filter((one) => one.startsWith("v1,"));
  return keys.some((key) => {
    const expected = createHmac("sha256", key).update(signed).digest();
    return given.some((one) => {
      const bytes = Buffer.from(one.slice(3), "base64");
      return bytes.length === expected.length && timingSafeEqual(bytes, expected);
    });
  });
}

function receive(headers, body) {
  const at = new Date().toISOString();
  let event = null;
  if (isSigned(headers, body)) event = JSON.parse(body.toString("utf8"));
  if (event === null || event.id !== headers["webhook-id"]) {
    const refused = { id: headers["webhook-id"] ?? null, verified: false, at };
    write(refused);
    return [401, refused];
  }
  const data = event.data;
  const sentAt = Number(headers["webhook-timestamp"]) * 1000;
  const expired = data.valid_until !== null && sentAt > Date.parse(data.valid_until);
  const duplicate = seen.has(event.id);
  const canSound = event.type === "alert.started" && data.nature === "actual";
  const record = {
    id: event.id,
    type: event.type,
    seq: data.seq,
    key: data.key,
    verified: true,
    duplicate,
    late: data.late,
    expired,
    sounded: canSound && !duplicate && !data.late && !expired,
    at,
  };
  write(record); // on disk before it is acknowledged
  seen.add(event.id);
  if (!duplicate) learn(event);
  return [204, record];
}

function learn(event) {
  if (["actual", "system"].includes(event.data.nature)) heardAt = process.uptime();
  if (event.type === "heartbeat" && event.data.details.interval_seconds) {
    heartbeatSeconds = Math.min(Math.max(event.data.details.interval_seconds, 1), 3600);
  }
  for (const [place, region] of Object.entries(event.data.state)) {
    if (region.seq >= (regions.get(place)?.seq ?? 0)) regions.set(place, region);
  }
}

function isLineQuiet() {
  return heardAt === null || process.uptime() - heardAt > MISSED_HEARTBEATS * heartbeatSeconds;
}

function write(record) {
  if (!chosen.log) return;
  const file = openSync(chosen.log, "a", 0o600);
  writeSync(file, JSON.stringify(record) + "\n");
  fsyncSync(file);
  closeSync(file);
}

const server = createServer((request, response) => {
  if (request.method === "GET") {
    const known = Object.fromEntries([...regions].map(([place, region]) => [place, isLineQuiet() ? "unknown" : region.state]));
    response.end(JSON.stringify({ quiet: isLineQuiet(), regions: known }));
    return;
  }
  const parts = [];
  let length = 0;
  request.on("data", (part) => {
    length += part.length;
    if (length > MAX_BODY) {
      response.writeHead(413).end();
      request.destroy();
    } else {
      parts.push(part);
    }
  });
  request.on("end", () => {
    let status = 400;
    let record = { verified: false };
    try {
      [status, record] = receive(request.headers, Buffer.concat(parts));
    } catch {
      status = 400;
    }
    response.writeHead(status).end();
    const word = record.verified ? "verified" : "REFUSED ";
    const line = `${record.at ?? ""} ${word} ${record.type ?? ""} seq ${record.seq ?? "-"} ${record.sounded ? "SOUND" : ""}`;
    console.log(line.replace(/[^\x20-\x7e]/g, " "));
  });
});
server.listen(Number(chosen.port), chosen.host, () => {
  console.log(`listening on http://${chosen.host}:${server.address().port}/`);
});

let wasQuiet = true;
setInterval(() => {
  const isQuiet = isLineQuiet();
  if (isQuiet && !wasQuiet) console.log("three heartbeats are missing: every region is UNKNOWN");
  wasQuiet = isQuiet;
}, 1000).unref();
