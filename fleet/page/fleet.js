// SPDX-License-Identifier: GPL-2.0-or-later
// All values that the page shows about hosts, from the messages that arrive.

import { escapedText } from "./escaped.js";
import { HostTable, long_silence } from "./host_table.js";
import { DamagedMessage, decoded_message, LaterVersion } from "./message.js";
import { Prefixes } from "./prefixes.js";
import { Rates } from "./rates.js";
import { each_record, opened } from "./savefile.js";

class Rejected {
  count = 0;
  words = ""; // text about the last problem

  add(subject, why) {
    ++this.count;
    this.words = `${escapedText(subject)}: ${why}`;
  }
}

// Returns the savefile of a message, or null if the message has no packets.
function savefile_of({ savefile, account }) {
  if (savefile.length === 0)
    return null;
  const file = opened(savefile);
  if (!file || BigInt(each_record(file, () => {})) !== account.packets)
    throw new DamagedMessage("its packets do not match its account");
  return file;
}

// Returns the rate in the last seconds. For a sampled row, returns the rate between its last two messages.
function rate_of(row, seconds, is_sampling) {
  if (!is_sampling || row.received > 1)
    return row.packets / seconds;
  return row.is_ended || Date.now() - row.stored > long_silence ? 0 : row.rate;
}

export class Fleet {
  #table = new HostTable();
  #rates = new Map(); // key: row
  #sampled = performance.now();

  since = new Date();
  prefixes = new Prefixes();
  total_rates = new Rates();
  damaged = new Rejected();
  later = new Rejected();

  // Adds a message. Returns the decoded message, or null if it is rejected. `stored`: when it was stored, in ms since
  // 1970; `how`: as in HostTable.add().
  add(subject, header, data, stored, how) {
    try {
      const message = decoded_message(subject, header, data);
      const file = savefile_of(message);
      const entry = this.#table.add(message, stored, how);
      if (entry === "refused")
        throw new DamagedMessage("its counts do not fit those of other chunks");
      if (entry === "entered" && how !== "stored" && file)
        this.prefixes.add(file, how === "live" ? 1
          : this.row(subject).represents / Number(message.account.packets));
      return message;
    } catch (error) {
      if (error instanceof LaterVersion)
        this.later.add(subject, error.message);
      else if (error instanceof DamagedMessage)
        this.damaged.add(subject, error.message);
      else
        throw error;
      return null;
    }
  }

  expect_gaps() {
    this.#table.expect_gaps();
  }

  expect_samples() {
    this.#table.expect_samples();
  }

  // Called once per second. While the page has no connection, the rates are unknown. Returns the number of messages per
  // second, including those that the page did not receive.
  sample(is_connected, is_sampling) {
    const now = performance.now();
    const seconds = (now - this.#sampled) / 1000;
    this.#sampled = now;
    let all = 0;
    let messages = 0;
    for (const row of this.#table.rows) {
      const rate = rate_of(row, seconds, is_sampling);
      messages += row.messages;
      row.packets = row.messages = row.received = 0;
      all += rate;
      if (!this.#rates.has(row))
        this.#rates.set(row, new Rates());
      this.#rates.get(row).add(is_connected ? rate : null);
    }
    this.total_rates.add(is_connected ? all : null);
    this.prefixes.end_second();
    return messages / seconds;
  }

  // Returns the values to show for each row.
  entries() {
    const now = Date.now();
    const unknown = new Rates();
    return this.#table.rows.map((row) => {
      const rates = this.#rates.get(row) ?? unknown;
      return { row, sums: row.sums(), rates, rate: rates.last,
               silent: Math.max(0, now - row.stored) };
    });
  }

  get row_count() {
    return this.#table.row_count;
  }

  row(subject) {
    return this.#table.row(subject);
  }

  totals() {
    return this.#table.totals();
  }

  get left_out() {
    return this.#table.left_out;
  }
}
