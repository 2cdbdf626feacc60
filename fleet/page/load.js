// SPDX-License-Identifier: GPL-2.0-or-later
// Whether more messages come than the page should receive, for some seconds: then it reads samples.

const max_received = 100; // messages a second: each wakes several threads of the browser
const max_again = 50; // at which it receives all again
const seconds = 10;

export class Load {
  #other = 0; // seconds in a row

  // Once a second: whether it is time to change.
  is_other(messages, is_sampling) {
    this.#other = (is_sampling ? messages < max_again : messages > max_received) ? this.#other + 1 : 0;
    if (this.#other < seconds)
      return false;
    this.#other = 0;
    return true;
  }
}
