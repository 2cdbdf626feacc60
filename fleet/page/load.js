// SPDX-License-Identifier: GPL-2.0-or-later
// Whether, for some seconds, more messages arrive than the page should receive: then it reads samples.

const max_received = 100; // messages per second: each wakes several threads of the browser
const max_again = 50; // below this rate it receives all messages again
const seconds = 10;

export class Load {
  #other = 0; // consecutive seconds

  // Called once per second; returns whether to change.
  is_other(messages, is_sampling) {
    this.#other = (is_sampling ? messages < max_again : messages > max_received) ? this.#other + 1 : 0;
    if (this.#other < seconds)
      return false;
    this.#other = 0;
    return true;
  }
}
