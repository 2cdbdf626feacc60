// SPDX-License-Identifier: GPL-2.0-or-later
// What arrived from one spool of a group, counted as nflogcap-collect does. Sums are cumulative, and therefore complete
// even if the page starts late. Of the packets missing before that, it knows only those that the spool dropped.

const max_holes = 256;

const before_of = (account) => account.total - account.packets;

function contradicts(spool, { number, account }) {
  const last = spool.account;
  return before_of(account) < last.total || account.lost < last.lost ||
    account.filtered < last.filtered || account.dropped < last.dropped ||
    (number === spool.number + 1n && before_of(account) !== last.total);
}

export class SpoolAccount {
  #holes = []; // missing chunks: { first, last, before, packets, why }
  #missing_before; // at the time when the spool was first seen here
  #missing_here = 0n;

  constructor(message) {
    this.number = message.number;
    this.account = message.account;
    this.#missing_before = message.account.dropped;
    this.unseen_messages = 0n; // the broker may have them, but this page does not
    this.is_partly_seen = false;
  }

  // Returns "entered", "repeated" or "refused". `why`: the reason for a gap before this message: "missing"; "unseen" if
  // the page was cut off meanwhile; or "sampled".
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

  // Packets. Where this page did not see all messages, the spool's count of dropped packets is the upper limit.
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

  // Handles a late chunk.
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
