// SPDX-License-Identifier: GPL-2.0-or-later
// Packets per second, with one sample for each second. The last samples are kept for a line chart.

export const kept_samples = 120;

export class Rates {
  constructor() {
    this.samples = new Array(kept_samples).fill(null); // null: the rate is unknown
  }

  add(rate) {
    this.samples.shift();
    this.samples.push(rate);
  }

  get last() {
    return this.samples[kept_samples - 1];
  }
}
