// SPDX-License-Identifier: GPL-2.0-or-later
// The values of each group of each host, from the accounts in the messages:
//
//   logged while bound = packets in chunks + filtered + lost
//
// The packets in chunks include missing packets.

import { SpoolAccount } from "./spool_account.js";

// The maximum number of rows, so that no sender can make memory grow.
const max_rows = 10_000;
// The maximum number of spools of a group that have their own account. Of older spools only the sums are kept.
const max_spools = 4;
const ns_per_ms = 1_000_000n;

// An account arrives every ten seconds. After this time, two are missing.
export const long_silence = 25_000; // ms

export const no_sums = () =>
  ({ logged: 0n, filtered: 0n, lost: 0n, missing: 0n, unseen_messages: 0n });

export function add_sums(sums, more) {
  for (const name of Object.keys(sums))
    sums[name] += more[name];
}

function sums_of(spool) {
  const { total, filtered, lost } = spool.account;
  return { logged: total + filtered + lost, filtered, lost, missing: spool.missing,
           unseen_messages: spool.unseen_messages };
}

// One group of one host. Times are in ms. `stored` is a time by the clock of the broker, or of this machine.
class Row {
  #spools = new Map(); // key: identity of the spool
  #past = no_sums();

  constructor({ subject, host, group }) {
    Object.assign(this, { subject, host, group });
    this.stored = 0;
    this.lag = 0;
    this.is_ended = false;
    this.refused = 0; // number of refused messages
    this.represents = 0; // packets of the last message and of the messages before it that were not received
    this.packets = 0; // packets received since the start of this second
    this.received = 0; // messages received since the start of this second
    this.messages = 0; // messages since then, including those that were not received
    this.rate = 0; // packets/s between the last two messages
    this.epoch = -1;
    this.is_sampled = false; // some messages after the last one may not have been read
  }

  enter(message, stored, epoch, how) {
    const spool = this.#spools.get(message.spool);
    const before = spool && { number: spool.number, account: spool.account };
    const why = how === "sample" || this.is_sampled ? "sampled" : this.epoch === epoch ? "missing" : "unseen";
    let entry = "entered";
    if (spool)
      entry = spool.enter(message, why);
    else if (message.number === 1n && message.account.packets !== message.account.total)
      entry = "refused";
    else
      this.#follow(message);
    if (entry === "refused")
      ++this.refused;
    const is_up_to_date = entry === "repeated" && how === "stored" && message.number === spool.number;
    if (entry === "entered" || is_up_to_date) {
      this.epoch = epoch;
      this.is_sampled = how === "sample";
    }
    if (entry !== "entered")
      return entry;
    if (how !== "stored")
      this.#count(message, before, stored);
    if (stored >= this.stored) {
      this.stored = stored;
      this.is_ended = message.account.is_end;
      // The lag would be negative if the host's clock is ahead of the broker's.
      this.lag = Math.max(0, stored - Number(message.account.time / ns_per_ms));
    }
    return entry;
  }

  // Counts what the message adds to the previous message of the row.
  #count({ number, account }, before, stored) {
    this.packets += Number(account.packets);
    this.represents = Number(account.packets);
    this.received += 1;
    this.messages += 1;
    if (!before || number <= before.number)
      return;
    this.messages += Number(number - before.number) - 1;
    this.represents = Number(account.total - before.account.total);
    const seconds = (stored - this.stored) / 1000;
    this.rate = seconds > 0 ? this.represents / seconds : 0;
  }

  #follow(message) {
    if (this.#spools.size >= max_spools) {
      const [identity, oldest] = this.#spools.entries().next().value;
      add_sums(this.#past, sums_of(oldest));
      this.#spools.delete(identity);
    }
    this.#spools.set(message.spool, new SpoolAccount(message));
  }

  sums() {
    const sums = { ...this.#past };
    for (const spool of this.#spools.values())
      add_sums(sums, sums_of(spool));
    return sums;
  }
}

export class HostTable {
  #rows = new Map(); // key: subject
  #epoch = 0;

  left_out = 0; // messages of hosts and groups that have no row

  // Call this if some messages did not arrive here although the broker has them.
  expect_gaps() {
    ++this.#epoch;
  }

  // Call this when the page begins to read samples, or follows another row.
  expect_samples() {
    for (const row of this.#rows.values())
      row.is_sampled = true;
  }

  // Adds a message that was stored at this time, in ms since 1970. `how`: "live" if every message is received, "sample"
  // if some messages are not received, or "stored" if the message was stored before the page was opened.
  add(message, stored, how) {
    let row = this.#rows.get(message.subject);
    if (!row) {
      if (this.#rows.size >= max_rows) {
        ++this.left_out;
        return "left out";
      }
      row = new Row(message);
      this.#rows.set(message.subject, row);
    }
    return row.enter(message, stored, this.#epoch, how);
  }

  get rows() {
    return [...this.#rows.values()];
  }

  get row_count() {
    return this.#rows.size;
  }

  row(subject) {
    return this.#rows.get(subject);
  }

  totals() {
    const sums = no_sums();
    for (const row of this.#rows.values())
      add_sums(sums, row.sums());
    return sums;
  }
}
