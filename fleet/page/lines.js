// SPDX-License-Identifier: GPL-2.0-or-later
// Draws small line charts over time, in the text colour of their parent element.

import uPlot from "./vendor/uPlot.js";
import { kept_samples } from "./rates.js";

const seconds = Array.from({ length: kept_samples }, (_, i) => i);

export class Line {
  #plot;
  #colour = "";
  #shown = [];

  constructor(element, width, height) {
    this.element = element;
    this.#plot = new uPlot({
      width, height, pxAlign: false, padding: [2, 1, 2, 1],
      cursor: { show: false }, legend: { show: false }, select: { show: false },
      axes: [{ show: false }, { show: false }],
      scales: { x: { time: false }, y: { range: (_, __, max) => [0, max > 0 ? max : 1] } },
      series: [{}, { stroke: () => this.#colour, width: 1.5, points: { show: false } }],
    }, [seconds, new Array(kept_samples).fill(null)], element);
    this.take_colour();
  }

  // Call this after the colours of the page have changed.
  take_colour() {
    this.#colour = getComputedStyle(this.element).color;
    this.#plot.redraw(false);
  }

  show(samples) {
    if (samples.every((sample, i) => sample === this.#shown[i]))
      return;
    this.#shown = samples.slice();
    this.#plot.setData([seconds, this.#shown]);
  }

  resize(width, height) {
    this.#plot.setSize({ width, height });
  }
}
