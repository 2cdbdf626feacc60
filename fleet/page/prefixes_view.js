// SPDX-License-Identifier: GPL-2.0-or-later
// Shows the most frequent prefixes.

import { counted, grouped, time_of_day } from "./texts.js";

const max_shown = 20;

export class PrefixesView {
  #note = document.getElementById("prefixes-note");
  #body = document.getElementById("prefix-rows");

  show(prefixes, since) {
    const top = prefixes.top(max_shown).map(({ prefix, packets }) =>
      [prefix === "" ? "(no prefix)" : prefix, packets]);
    if (prefixes.others > 0)
      top.push([`(beyond ${grouped(10_000)} prefixes)`, prefixes.others]);
    this.#note.textContent = `Of ${counted(Math.round(prefixes.total), "packet", "packets")} received since ` +
      time_of_day(since) + (prefixes.is_estimate ? "; estimated from samples" : "") +
      (prefixes.stride > 1 ? `, now 1 packet in ${grouped(prefixes.stride)}` : "");
    while (this.#body.rows.length > top.length)
      this.#body.lastElementChild.remove();
    while (this.#body.rows.length < top.length)
      this.#body.append(this.#empty_row());
    top.forEach(([prefix, packets], i) => {
      const texts = [prefix, grouped(Math.round(packets)), `${(100 * packets / prefixes.total).toFixed(1)} %`];
      const { cells } = this.#body.rows[i];
      texts.forEach((text, j) => {
        if (cells[j].textContent !== text)
          cells[j].textContent = text;
      });
      cells[0].title = prefix;
    });
  }

  #empty_row() {
    const row = document.createElement("tr");
    for (const className of ["", "number", "number"])
      row.append(Object.assign(document.createElement("td"), { className }));
    return row;
  }
}
