// SPDX-License-Identifier: GPL-2.0-or-later
// Decodes messages of nflogcap-ship. The environment variable MESSAGES names a JSON file that contains them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { part } from "./parts.js";

const { decoded_message, interfaces_in, DamagedMessage, LaterVersion } = await part("message.js");
const { each_record, opened } = await part("savefile.js");
const { packet_at } = await part("packet.js");

const messages = JSON.parse(readFileSync(process.env.MESSAGES));

function decoded({ subject, headers, data }) {
  return decoded_message(subject, (name) => headers[name] ?? "", Uint8Array.from(Buffer.from(data, "base64")));
}

function packets_of(message) {
  const { savefile, interfaces } = decoded(message);
  const packets = [];
  if (savefile.length > 0)
    each_record(opened(savefile), (start, length) =>
      packets.push(packet_at(opened(savefile), start, length, interfaces_in(interfaces))));
  return packets;
}

// Returns the data that the page must show, converted from the command's JSON of the packet.
function expected_of(line, interfaces) {
  const device_name = (index) => interfaces.get(index) ?? `#${index}`;
  const device = (index, port) => (index ?? port) === undefined ? ""
    : index && port ? `${device_name(index)}(${device_name(port)})` : device_name(index ?? port);
  const name = line.protocol_name ?? (line.ether_type === 0x0806 ? "ARP" : undefined);
  return {
    time: BigInt(line.timestamp_ns), prefix: line.prefix, hook: line.hook_name, mark: line.mark, uid: line.uid,
    in: device(line.indev, line.physindev), out: device(line.outdev, line.physoutdev), protocol: name?.toLowerCase(),
    source: line.source, destination: line.destination, source_port: line.source_port,
    destination_port: line.destination_port, length: line.wire_length, captured: line.payload_length,
  };
}

test("each packet has the fields that the command prints", () => {
  const seen = new Set();
  for (const message of messages) {
    const packets = packets_of(message);
    const interfaces = interfaces_in(decoded(message).interfaces);
    assert.equal(packets.length, message.packets.length);
    message.packets.forEach((line, i) => {
      const { gid: _, ...shown } = packets[i];
      const expected = expected_of(line, interfaces);
      for (const name of Object.keys(expected)) {
        const value = name === "protocol" ? shown.protocol?.toLowerCase() : shown[name];
        assert.deepEqual(value, expected[name], `${name} of ${JSON.stringify(line)}`);
      }
      assert.equal(shown.is_damaged, undefined);
      seen.add(shown.out);
      seen.add(`${line.family_name} ${expected.protocol} ${line.hook_name} ${line.ip_version}`);
    });
  }
  for (const kind of ["ipv4 udp output 4", "ipv6 udp output 6", "ipv4 tcp output 4", "ipv4 icmp output 4",
                      "ipv6 icmpv6 output 6", "arp arp output 0", "netdev arp egress 0",
                      "netdev udp egress 4", "netdev udp egress 6", "lo", "v0"])
    assert.ok(seen.has(kind), `${kind} is not in ${[...seen].join(", ")}`);
});

test("a message has its host, group and account", () => {
  let total = 0n;
  for (const message of messages) {
    const { host, group, number, account } = decoded(message);
    assert.equal(host, message.host);
    assert.equal(group, 5);
    total += account.packets;
    assert.equal(account.total, total);
    assert.ok(number > 0n);
    assert.equal(account.is_end, message === messages.at(-1));
    assert.ok(account.session > 0n && account.time >= account.session);
  }
});

test("every cut of a message is refused or has fewer bytes of the last packet", () => {
  const message = messages.find(({ packets }) => packets.length > 0);
  const whole = Buffer.from(message.data, "base64");
  for (let length = 0; length < whole.length; ++length) {
    const file = opened(Uint8Array.from(whole.subarray(0, length)));
    if (length < 24)
      assert.equal(file, null);
    else
      assert.ok(each_record(file, () => {}) < message.packets.length);
  }
});

test("no damage of a savefile throws", () => {
  const { data } = messages.find(({ packets }) => packets.length > 0);
  let state = 1;
  const random = (below) => (state = (state * 48271) % 0x7fffffff) % below;
  for (let round = 0; round < 2000; ++round) {
    const bytes = Uint8Array.from(Buffer.from(data, "base64"));
    for (let i = 0; i < 1 + random(8); ++i)
      bytes[24 + random(bytes.length - 24)] = random(256);
    const file = opened(bytes);
    each_record(file, (start, length) => packet_at(file, start, length, new Map()));
  }
});

function changed(change) {
  const message = structuredClone(messages.find(({ packets }) => packets.length > 0));
  change(message);
  return () => decoded(message);
}

test("a damaged message is refused, and one of a later version", () => {
  for (const change of [
    (one) => { one.subject = "nflog.pcap.web-1"; },
    (one) => { one.subject = "nflog.pcap.web-1.g65536"; },
    (one) => { one.subject = "nflog.pcap.web-1.g05"; },
    (one) => { one.subject = "nflog.pcap.web%41.g5"; }, // %41 is A, which nflogcap-ship never escapes
    (one) => { one.subject = "nflog.pcap.web%2e.g5"; },
    (one) => { one.subject = `nflog.pcap.${"a".repeat(201)}.g5`; },
    (one) => { delete one.headers["Nflogcap-Version"]; },
    (one) => { one.headers["Nflogcap-Version"] = "0"; },
    (one) => { one.headers["Nflogcap-Spool"] = "0123456789ABCDEF"; },
    (one) => { one.headers["Nflogcap-Chunk"] = "0"; },
    (one) => { one.headers["Nflogcap-Chunk"] = "18446744073709551616"; },
    (one) => { one.headers["Nflogcap-Account"] = one.headers["Nflogcap-Account"].replace("lost=", "los="); },
    (one) => { one.headers["Nflogcap-Account"] = one.headers["Nflogcap-Account"].replace("end=", "end=7"); },
    (one) => { one.headers["Nflogcap-Account"] = one.headers["Nflogcap-Account"].replace(/total=\d+/, "total=0"); },
    (one) => { one.data = ""; },
    (one) => { one.data = Buffer.from(one.data, "base64").subarray(0, 24).toString("base64"); },
  ])
    assert.throws(changed(change), DamagedMessage);
  assert.throws(changed((one) => { one.headers["Nflogcap-Version"] = "2"; }), LaterVersion);
});
