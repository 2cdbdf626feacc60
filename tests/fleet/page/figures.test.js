// SPDX-License-Identifier: GPL-2.0-or-later
// Tests of the counts of each host and group.

import assert from "node:assert/strict";
import { test } from "node:test";
import { part } from "./parts.js";

const { HostTable } = await part("host_table.js");
const { Load } = await part("load.js");

// Returns a chunk. `packets` is its packet count; `total` is the packet count of all chunks up to this one.
function chunk(number, packets, total, { spool = "0123456789abcdef", subject = "nflog.pcap.web-1.g5", ...more } = {}) {
  return { subject, host: "web-1", group: 5, spool, number: BigInt(number), interfaces: "",
           account: { packets: BigInt(packets), total: BigInt(total), lost: 0n, filtered: 0n, dropped: 0n, session: 1n,
                      time: 1_000_000n * BigInt(number), is_end: false, ...more } };
}

function table_of(...chunks) {
  const table = new HostTable();
  const entries = chunks.map((one) => table.add(one, 1000, "live"));
  return { table, entries, sums: () => table.totals() };
}

test("logged packets are the packets in chunks, and the filtered and lost packets", () => {
  const { sums } = table_of(chunk(1, 10, 10), chunk(2, 5, 15, { lost: 3n, filtered: 4n }));
  assert.deepEqual(sums(), { logged: 22n, filtered: 4n, lost: 3n, missing: 0n, unseen_messages: 0n });
});

test("the packets in a gap between chunks are counted as missing", () => {
  const { table, sums } = table_of(chunk(1, 10, 10), chunk(5, 5, 100));
  assert.equal(sums().missing, 85n);
  assert.equal(sums().logged, 100n);
  assert.equal(table.add(chunk(3, 20, 50), 1000, "live"), "entered"); // a late chunk of the gap
  assert.equal(sums().missing, 65n);
  assert.equal(table.add(chunk(2, 20, 30), 1000, "live"), "entered");
  assert.equal(table.add(chunk(4, 45, 95), 1000, "live"), "entered");
  assert.equal(sums().missing, 0n);
  assert.equal(table.add(chunk(4, 45, 95), 1000, "live"), "repeated");
});

test("a late chunk that does not fit into its gap is refused", () => {
  const { table, sums } = table_of(chunk(1, 10, 10), chunk(4, 5, 100));
  for (const late of [chunk(2, 5, 12), chunk(2, 90, 101), chunk(3, 5, 90), chunk(2, 6, 17)])
    assert.equal(table.add(late, 1000, "live"), "refused");
  assert.equal(sums().missing, 85n);
  assert.equal(table.row("nflog.pcap.web-1.g5").refused, 4);
});

test("chunks with counts that contradict earlier chunks are refused", () => {
  const { table } = table_of(chunk(1, 10, 10, { lost: 5n }));
  for (const wrong of [chunk(2, 1, 10), chunk(2, 1, 12), chunk(2, 1, 11, { lost: 4n }), chunk(1, 1, 11), chunk(3, 1, 10)])
    assert.equal(table.add(wrong, 1000, "live"), "refused");
  assert.equal(new HostTable().add(chunk(1, 1, 2), 1000, "live"), "refused"); // no packet can precede chunk 1
});

test("packets that a spool dropped are counted once", () => {
  const { table, sums } = table_of(chunk(1, 10, 10), chunk(3, 1, 15), chunk(4, 1, 16, { dropped: 4n }));
  assert.equal(sums().missing, 4n);
  table.add(chunk(6, 1, 18, { dropped: 4n }), 1000, "live"); // the broker lost chunk 5
  assert.equal(sums().missing, 5n);
  table.add(chunk(7, 1, 19, { dropped: 9n }), 1000, "live"); // the spool dropped 5 packets that the page had received
  assert.equal(sums().missing, 5n);
  table.expect_gaps();
  table.add(chunk(9, 1, 29, { dropped: 12n }), 1000, "live");
  assert.equal(sums().missing, 12n);
});

test("a page that starts late has all sums except for earlier losses by the broker", () => {
  const { sums } = table_of(chunk(100, 10, 1000, { lost: 7n, filtered: 8n, dropped: 9n }));
  assert.deepEqual(sums(), { logged: 1015n, filtered: 8n, lost: 7n, missing: 9n, unseen_messages: 0n });
});

test("a gap from while the page was cut off is counted in unseen messages and not as missing", () => {
  const { table, sums } = table_of(chunk(1, 10, 10));
  table.expect_gaps();
  table.add(chunk(5, 5, 100, { lost: 2n }), 1000, "live");
  assert.deepEqual(sums(), { logged: 102n, filtered: 0n, lost: 2n, missing: 0n, unseen_messages: 3n });
  table.add(chunk(7, 5, 110, { lost: 2n }), 1000, "live");
  assert.equal(sums().missing, 5n);
});

test("the sums of earlier spools are kept, even of spools that the page no longer follows", () => {
  const spools = Array.from({ length: 9 }, (_, i) => `000000000000000${i}`);
  const { table, sums } = table_of(...spools.map((spool) => chunk(1, 10, 10, { spool, lost: 1n })));
  assert.equal(sums().logged, 99n);
  assert.equal(table.add(chunk(2, 5, 15, { spool: spools[7], lost: 1n }), 1000, "live"), "entered");
  assert.equal(sums().logged, 104n);
});

test("counts above 2^53 are exact", () => {
  const huge = 2n ** 64n - 1n;
  const { sums } = table_of(chunk(1, huge, huge), chunk(1, 1, 1, { subject: "nflog.pcap.web-2.g5" }));
  assert.equal(sums().logged, 2n ** 64n);
});

test("the rate counts live messages only, and the lag is that of the newest message", () => {
  const { table } = table_of(chunk(5, 10, 10));
  table.add(chunk(3, 1, 1), 500, "stored");
  const row = table.row("nflog.pcap.web-1.g5");
  assert.equal(row.packets, 10);
  assert.equal(row.lag, 995);
  assert.equal(row.stored, 1000);
  table.add(chunk(6, 1, 11, { time: 5_000_000_000n, is_end: true }), 2000, "live");
  assert.equal(row.lag, 0); // the host's clock is ahead
  assert.equal(row.is_ended, true);
});

test("sums of samples are exact, and their rates follow from the times at which they were stored", () => {
  const { table, sums } = table_of(chunk(1, 10, 10));
  table.add(chunk(11, 5, 110, { lost: 2n }), 3000, "sample");
  const row = table.row("nflog.pcap.web-1.g5");
  assert.deepEqual(sums(), { logged: 112n, filtered: 0n, lost: 2n, missing: 0n, unseen_messages: 0n });
  assert.equal(row.rate, 50);
  assert.equal(row.represents, 100);
  assert.equal(row.messages, 11);
  // In the first gap after a sample, only the packets that the spool dropped are missing.
  table.add(chunk(13, 5, 120, { lost: 2n, dropped: 4n }), 1000, "live");
  assert.equal(sums().missing, 4n);
  table.add(chunk(15, 5, 130, { lost: 2n, dropped: 4n }), 1000, "live");
  assert.equal(sums().missing, 5n);
});

test("messages that were not received before the first sample are not missing", () => {
  const { table, sums } = table_of(chunk(1, 10, 10));
  table.expect_samples();
  table.add(chunk(5, 5, 110), 1000, "live"); // from now on, the page receives all messages of this host
  table.add(chunk(7, 5, 120), 1000, "live");
  assert.equal(sums().missing, 5n);
  table.expect_samples();
  assert.equal(table.add(chunk(7, 5, 120), 1000, "stored"), "repeated"); // the page already has this message
  table.add(chunk(9, 5, 130), 1000, "live");
  assert.equal(sums().missing, 10n);
});

test("the page samples while the message rate is high, and changes its mode after some seconds only", () => {
  const load = new Load();
  const changes = (rate, is_sampling, seconds) =>
    Array.from({ length: seconds }, () => load.is_other(rate, is_sampling)).filter(Boolean).length;
  assert.equal(changes(90, false, 60), 0);
  assert.equal(changes(3000, false, 9), 0);
  assert.equal(changes(90, false, 1), 0);
  assert.equal(changes(3000, false, 10), 1);
  assert.equal(changes(60, true, 60), 0);
  assert.equal(changes(40, true, 10), 1);
});

test("there is room for 10,000 hosts and groups", () => {
  const table = new HostTable();
  for (let i = 0; i < 10_001; ++i)
    table.add(chunk(1, 1, 1, { subject: `nflog.pcap.host-${i}.g5` }), 1000, "live");
  assert.equal(table.rows.length, 10_000);
  assert.equal(table.left_out, 1);
});
