// SPDX-License-Identifier: GPL-2.0-or-later
// Tests of the text on the page: names, prefixes, numbers and times, and the selection and order of hosts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { part } from "./parts.js";

const { escaped, escapedText } = await part("escaped.js");
const { source_of, interfaces_in } = await part("message.js");
const { clock, counted, grouped, rfc3339, rounded } = await part("texts.js");
const { matcher } = await part("host_pattern.js");
const { columns, sorted } = await part("host_columns.js");
const { Prefixes } = await part("prefixes.js");
const { LastPackets } = await part("last_packets.js");
const { opened } = await part("savefile.js");

const bytes = (text) => Uint8Array.from(Buffer.from(text, "latin1"));

test("control characters and bytes that are not UTF-8 are escaped as by the command", () => {
  for (const [raw, shown] of [
    ["<script>&amp;", "<script>&amp;"], ["a\x1b[31m\n\0", "a\\x1b[31m\\x0a\\x00"], ["\x7f", "\\x7f"],
    ["\xc3\xa4", "ä"], ["\xff\xc3", "\\xff\\xc3"], ["ab\xe2\x82", "ab\\xe2\\x82"], ["\xc2\x85", "\\xc2\\x85"],
    ["\xe2\x80\xae", "\\xe2\\x80\\xae"], ["x\xed\xa0\x80y", "x\\xed\\xa0\\x80y"], ["\xf0\x9f\x98\x80\xff", "😀\\xff"], ["", ""],
  ])
    assert.equal(escaped(bytes(raw)), shown);
  assert.equal(escapedText("nflog\u2028.\u0007"), "nflog\\xe2\\x80\\xa8.\\x07");
});

test("a host is read from its token, and escaped", () => {
  assert.deepEqual(source_of("nflog.pcap.web-1%2Eexample.g65535"), { host: "web-1.example", group: 65535 });
  assert.deepEqual(source_of("nflog.pcap.%1B%3E%FF<b>.g0"), null); // nflogcap-ship writes > as %3E
  assert.deepEqual(source_of("nflog.pcap.%1B<b%3E%FF.g0"), { host: "\\x1b<b>\\xff", group: 0 });
  for (const other of ["nflog.pcap..g5", "nflog.pcap.a.b.g5", "nflog.pcap.a.5", "x.nflog.pcap.a.g5", "nflog.pcap.a*.g5"])
    assert.equal(source_of(other), null);
});

test("names of interfaces are read and escaped", () => {
  assert.deepEqual([...interfaces_in("2=eth0,30=a%2Cb%1B,x=y,7=,8=a%2")], [[2, "eth0"], [30, "a,b\\x1b"], [7, ""]]);
  assert.equal(interfaces_in("").size, 0);
});

test("numbers and times", () => {
  assert.equal(grouped(1234567n), "1,234,567");
  assert.equal(grouped(999), "999");
  assert.equal(counted(1n, "packet", "packets"), "1 packet");
  assert.deepEqual([0, 9_990, 10_000, 119_999, 120_000, 7_200_000, 172_800_000].map(rounded),
                   ["0.0 s", "9.9 s", "10 s", "119 s", "2 min", "2 h", "2 d"]);
  assert.equal(rfc3339(1796048521125398001n), "2026-11-30T14:22:01.125398001Z");
  assert.match(clock(1796048521125398999n), /^\d\d:\d\d:01\.125398$/);
});

test("hosts are shown by a pattern or a part of the name", () => {
  const shown = (pattern) => ["web-1", "web-2", "db.example", "a\\x1b"].filter(matcher(pattern)).join(" ");
  assert.equal(shown(""), "web-1 web-2 db.example a\\x1b");
  assert.equal(shown("web-*"), "web-1 web-2");
  assert.equal(shown("?eb-[2-9]"), "web-2");
  assert.equal(shown("web-[!2]"), "web-1");
  assert.equal(shown("*.example"), "db.example");
  assert.equal(shown("EXAM"), "db.example");
  assert.equal(shown("*("), "");
  assert.equal(shown("*\\*"), "a\\x1b");
  assert.equal(shown("[z-a]*"), "");
  assert.equal(shown("[*"), "");
});

test("rows are in the order of a column, equal ones by host and group", () => {
  const entry = (host, group, rate) => ({ row: { host, group, lag: 0 }, rate, silent: 0, sums: { lost: BigInt(rate) } });
  const names = (id, is_descending) => sorted(
    [entry("web-10", 5, 3), entry("web-2", 6, 10), entry("web-2", 5, 3)],
    columns.find((column) => column.id === id), is_descending).map(({ row }) => `${row.host}/${row.group}`).join(" ");
  assert.equal(names("host", false), "web-2/5 web-2/6 web-10/5");
  assert.equal(names("host", true), "web-10/5 web-2/5 web-2/6");
  assert.equal(names("rate", true), "web-2/6 web-2/5 web-10/5");
  assert.equal(names("lost", false), "web-2/5 web-10/5 web-2/6");
});

// Returns a savefile of packets with these prefixes, in the chosen byte order.
function savefile(prefixes, is_little = true) {
  const records = prefixes.map((prefix) => {
    const padded = Math.ceil((prefix.length + 1) / 4) * 4;
    const record = Buffer.alloc(16 + 4 + 4 + padded);
    const put = (size, value, at) => record[`writeUInt${size}${is_little ? "LE" : "BE"}`](value, at);
    put(32, 1, 0);
    put(32, 8 + padded, 8);
    put(32, 8 + padded, 12);
    record[16] = 2;
    record.writeUInt16BE(5, 18);
    put(16, 4 + prefix.length + 1, 20);
    put(16, 10, 22);
    record.write(prefix, 24, "latin1");
    return record;
  });
  const head = Buffer.alloc(24);
  head[is_little ? "writeUInt32LE" : "writeUInt32BE"](0xa1b23c4d, 0);
  return Uint8Array.from(Buffer.concat([head, ...records]));
}

test("prefixes are counted exactly if the packet rate is low, in either byte order", () => {
  const prefixes = new Prefixes();
  for (const is_little of [true, false])
    prefixes.add(opened(savefile(["a", "b", "a", "\x1b<b>", ""], is_little)), 1);
  assert.deepEqual(prefixes.top(2), [{ prefix: "a", packets: 4 }, { prefix: "b", packets: 2 }]);
  assert.deepEqual(prefixes.top(9).map(({ prefix }) => prefix).sort(), ["", "\\x1b<b>", "a", "b"]);
  assert.equal(prefixes.total, 10);
  prefixes.end_second();
  assert.equal(prefixes.is_estimate, false);
});

test("if the packet rate is high, the counts of prefixes are estimated without bias", () => {
  const prefixes = new Prefixes();
  const file = opened(savefile(Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? "rare" : "often"))));
  for (let second = 0; second < 100; ++second) {
    for (let i = 0; i < 20; ++i)
      prefixes.add(file, 1);
    prefixes.end_second();
  }
  assert.equal(prefixes.stride, 10);
  assert.equal(prefixes.is_estimate, true);
  assert.equal(prefixes.total, 2_000_000);
  const [often, rare] = prefixes.top(2);
  assert.equal(often.prefix, "often");
  assert.ok(Math.abs(rare.packets / prefixes.total - 0.1) < 0.01, `${rare.packets}`);
});

test("the memory for distinct prefixes is limited", () => {
  const prefixes = new Prefixes();
  for (let i = 0; i < 11; ++i)
    prefixes.add(opened(savefile(Array.from({ length: 1000 }, (_, j) => `${i} ${j}`))), 1);
  assert.equal(prefixes.others, 1000);
});

test("the last 200 packets are kept, the newest first, each chunk once", () => {
  const last = new LastPackets();
  const message = (number, count) => ({
    spool: "s", number: BigInt(number), interfaces: "", account: { packets: BigInt(count), time: BigInt(number) },
    savefile: count ? savefile(Array.from({ length: count }, (_, i) => `${number}/${i}`)) : new Uint8Array(),
  });
  for (let number = 2; number < 9; ++number)
    last.add(message(number, 50));
  last.add(message(8, 50));
  last.add(message(9, 0));
  let prefixes = last.packets().map(({ prefix }) => prefix);
  assert.equal(prefixes.length, 200);
  assert.equal(prefixes[0], "8/49");
  assert.equal(prefixes[199], "5/0");
  last.add(message(1, 50)); // an older message, read from the stream after the newer ones arrived
  prefixes = last.packets().map(({ prefix }) => prefix);
  assert.equal(prefixes[0], "8/49");
});
