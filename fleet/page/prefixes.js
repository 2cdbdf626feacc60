// SPDX-License-Identifier: GPL-2.0-or-later
// Counts the prefixes that log the most packets while the page is open. At high rates only a random sample of the
// packets is counted, to save CPU time. Each counted packet represents several packets.

import { each_attribute, Kind, text_bytes } from "./attributes.js";
import { escaped } from "./escaped.js";
import { each_record } from "./savefile.js";

const max_looked_at = 2_000; // packets per second
const max_prefixes = 10_000; // so that no sender can make memory grow

// Returns the prefix as a key, with one character for each byte.
function prefix_of(savefile, start, length) {
  let prefix = "";
  each_attribute(savefile, start, length, (type, at, size) => {
    if (type !== Kind.prefix)
      return false;
    prefix = String.fromCharCode(...text_bytes(savefile, at, size));
    return true;
  });
  return prefix;
}

export class Prefixes {
  #counts = new Map();
  #came = 0; // packets since the start of this second
  #until_next = 0;

  stride = 1; // one of this many packets is counted
  is_estimate = false;
  total = 0;
  others = 0; // packets of prefixes that were not counted, because there were max_prefixes

  // Counts the packets of a savefile. Each of them represents `weight` packets.
  add(savefile, weight) {
    this.is_estimate ||= weight !== 1;
    each_record(savefile, (start, length) => {
      ++this.#came;
      this.total += weight;
      if (this.#until_next-- > 0)
        return;
      // The distance to the next counted packet is random, so that periodic traffic is also counted correctly.
      this.#until_next = this.stride === 1 ? 0 : Math.floor(Math.random() * (2 * this.stride - 1));
      this.#count(prefix_of(savefile, start, length), this.stride * weight);
    });
  }

  #count(prefix, packets) {
    const count = this.#counts.get(prefix);
    if (count === undefined && this.#counts.size >= max_prefixes)
      this.others += packets;
    else
      this.#counts.set(prefix, (count ?? 0) + packets);
  }

  // Called once per second. Chooses the stride for the next second.
  end_second() {
    this.stride = Math.max(1, Math.ceil(this.#came / max_looked_at));
    this.is_estimate ||= this.stride > 1;
    this.#came = 0;
  }

  // Returns [{ prefix, packets }]. The most frequent prefix comes first, as text for users.
  top(count) {
    return [...this.#counts].sort(([, one], [, other]) => other - one).slice(0, count).map(
      ([key, packets]) =>
        ({ prefix: escaped(Uint8Array.from(key, (one) => one.charCodeAt(0))), packets }));
  }
}
