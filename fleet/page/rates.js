// SPDX-License-Identifier: GPL-2.0-or-later
// Packets a second, one sample a second, of which the last ones are kept for a line.

export const kept_samples = 120;

export class Rates {
  constructor() {
    this.samples = new Array(kept_samples).fill(null); // null: not known
  }

  add(rate) {
    this.samples.shift();
    this.samples.push(rate);
  }

  get last() {
    return this.samples[kept_samples - 1];
  }
}
