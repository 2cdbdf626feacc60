// SPDX-License-Identifier: GPL-2.0-or-later
// Which prefixes log most, of the packets that come while the page is open. If many come, some are
// taken at random and stand for the others, so that the page needs little of the CPU.

import { each_attribute, Kind, text_bytes } from "./attributes.js";
import { escaped } from "./escaped.js";
import { each_record } from "./savefile.js";

const max_looked_at = 2_000; // packets a second
const max_prefixes = 10_000; // so that nobody makes memory grow

// As a key: a character a byte.
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
  #came = 0; // packets since the last second began
  #until_next = 0;

  stride = 1; // one packet stands for so many
  is_estimate = false;
  total = 0;
  others = 0; // packets of prefixes for which there is no room

  // Each packet of the savefile stands for `weight` packets.
  add(savefile, weight) {
    this.is_estimate ||= weight !== 1;
    each_record(savefile, (start, length) => {
      ++this.#came;
      this.total += weight;
      if (this.#until_next-- > 0)
        return;
      // At random distances: what comes in a rhythm is counted rightly too.
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

  // Once a second: chooses how many packets one stands for in the next one.
  end_second() {
    this.stride = Math.max(1, Math.ceil(this.#came / max_looked_at));
    this.is_estimate ||= this.stride > 1;
    this.#came = 0;
  }

  // [{ prefix, packets }], the most frequent first; the prefix is text for people.
  top(count) {
    return [...this.#counts].sort(([, one], [, other]) => other - one).slice(0, count).map(
      ([key, packets]) =>
        ({ prefix: escaped(Uint8Array.from(key, (one) => one.charCodeAt(0))), packets }));
  }
}
