// SPDX-License-Identifier: GPL-2.0-or-later
// The last packets of one group of one host. A packet is decoded only when it is shown.

import { interfaces_in } from "./message.js";
import { packet_at } from "./packet.js";
import { each_record, opened } from "./savefile.js";

export const max_packets = 200;

export class LastPackets {
  #messages = []; // in the order of their arrival
  #chunks = new Set(); // spool and number of each message in #messages

  add(message) {
    const chunk = `${message.spool}/${message.number}`;
    if (message.savefile.length === 0 || this.#chunks.has(chunk))
      return;
    this.#chunks.add(chunk);
    // Copies the savefile, because a view would keep the whole buffer in memory.
    this.#messages.push({ ...message, chunk, savefile: message.savefile.slice() });
    this.#messages.sort((one, other) => (one.account.time < other.account.time ? -1 : 1));
    let behind = 0;
    for (const { account } of this.#messages.slice(1))
      behind += Number(account.packets);
    while (behind >= max_packets) {
      this.#chunks.delete(this.#messages.shift().chunk);
      behind -= Number(this.#messages[0].account.packets);
    }
  }

  // Returns the packets; the newest come first.
  packets() {
    const found = [];
    for (const message of this.#messages.toReversed()) {
      const interfaces = interfaces_in(message.interfaces);
      const savefile = opened(message.savefile);
      const places = [];
      each_record(savefile, (start, length) => places.push([start, length]));
      for (const [start, length] of places.toReversed()) {
        if (found.length >= max_packets)
          return found;
        found.push(packet_at(savefile, start, length, interfaces));
      }
    }
    return found;
  }
}
