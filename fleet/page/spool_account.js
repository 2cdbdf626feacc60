// SPDX-License-Identifier: GPL-2.0-or-later
// Counts what arrived from one spool of a group, as nflogcap-collect does. Sums are cumulative, so they are complete
// even if the page was opened late. Of the packets that were missing before that, the page knows only those that the
// spool dropped.

const max_holes = 256;

const before_of = (account) => account.total - account.packets;

function contradicts(spool, { number, account }) {
  const last = spool.account;
  return before_of(account) < last.total || account.lost < last.lost ||
    account.filtered < last.filtered || account.dropped < last.dropped ||
    (number === spool.number + 1n && before_of(account) !== last.total);
}

export class SpoolAccount {
  #holes = []; // holes of missing chunks: { first, last, before, packets, why }
  #missing_before; // packets dropped before the first message of this spool arrived here
  #missing_here = 0n;

  constructor(message) {
    this.number = message.number;
    this.account = message.account;
    this.#missing_before = message.account.dropped;
    this.unseen_messages = 0n; // messages that did not arrive here, although the broker may have them
    this.is_partly_seen = false;
  }

  // Adds a message. Returns "entered", "repeated" or "refused". `why`: the reason if messages before this one did not
  // arrive: "missing", "unseen" (the page had no connection) or "sampled".
  enter(message, why) {
    const { number, account } = message;
    if (number <= this.number)
      return this.#fill(number, account);
    if (contradicts(this, message))
      return "refused";
    if (number > this.number + 1n)
      this.#add_hole({ first: this.number + 1n, last: number - 1n, before: this.account.total,
                       packets: before_of(account) - this.account.total, why });
    this.number = number;
    this.account = account;
    return "entered";
  }

  // Returns the number of missing packets. If this page did not see all messages, the spool's count of dropped packets
  // can be larger than the gaps seen here; then it is returned.
  get missing() {
    const seen = this.#missing_before + this.#missing_here;
    return this.is_partly_seen && seen < this.account.dropped ? this.account.dropped : seen;
  }

  #count(hole, packets, chunks) {
    if (hole.why === "missing")
      this.#missing_here += packets;
    else
      this.is_partly_seen = true;
    if (hole.why === "unseen")
      this.unseen_messages += chunks;
  }

  #add_hole(hole) {
    this.#count(hole, hole.packets, hole.last - hole.first + 1n);
    this.#holes.push(hole);
    if (this.#holes.length > max_holes)
      this.#holes.shift();
  }

  // Removes a chunk that arrived late from its hole.
  #fill(number, account) {
    const at = this.#holes.findIndex((hole) => hole.first <= number && number <= hole.last);
    if (at < 0)
      return number === this.number && account.total !== this.account.total ? "refused" : "repeated";
    const hole = this.#holes[at];
    const end = hole.before + hole.packets;
    const before = before_of(account);
    if (before < hole.before || account.total > end ||
        (number === hole.first && before !== hole.before) ||
        (number === hole.last && account.total !== end))
      return "refused";
    const rest = [
      { ...hole, last: number - 1n, packets: before - hole.before },
      { ...hole, first: number + 1n, before: account.total, packets: end - account.total },
    ].filter(({ first, last }) => first <= last);
    this.#holes.splice(at, 1, ...rest);
    this.#count(hole, -account.packets, -1n);
    return "entered";
  }
}
