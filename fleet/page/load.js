// SPDX-License-Identifier: GPL-2.0-or-later
// Decides whether the page reads samples: it does if, for some seconds, more messages arrive than the page should
// receive.

const max_received = 100; // messages per second; each message wakes several threads of the browser
const max_again = 50; // messages per second; below this rate the page receives all messages again
const seconds = 10;

export class Load {
  #other = 0; // consecutive seconds in which the other mode would have been right

  // Called once per second. Returns whether the page must change to the other mode.
  is_other(messages, is_sampling) {
    this.#other = (is_sampling ? messages < max_again : messages > max_received) ? this.#other + 1 : 0;
    if (this.#other < seconds)
      return false;
    this.#other = 0;
    return true;
  }
}
