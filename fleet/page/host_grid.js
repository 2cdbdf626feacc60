// SPDX-License-Identifier: GPL-2.0-or-later
// Draws the table of hosts. Only visible rows have elements, so that the number of hosts does not matter.

import { columns, sorted } from "./host_columns.js";
import { Line } from "./lines.js";

const row_height = 28; // px; page.css has the same value
const line_width = 136;
const beyond = 2; // number of rows above and below the visible rows that also have elements
const header_rows = 1;

function made(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}

function set_text(element, text) {
  if (element.textContent !== text)
    element.textContent = text;
}

class GridRow {
  #cells = new Map(); // key: id of a column

  constructor() {
    this.element = made("tr", { role: "row" });
    for (const column of columns) {
      const cell = made("td", { role: "gridcell" });
      this.#cells.set(column.id, cell);
      this.element.append(cell);
    }
  }

  // Call this when the cell is in the document: the line takes its colour from its parent element.
  #draw(cell, samples) {
    this.line ??= new Line(cell, line_width, row_height - 4);
    this.line.show(samples);
  }

  show(entry, index, is_active) {
    this.subject = entry.row.subject;
    this.element.id = `host-row-${index}`;
    this.element.setAttribute("aria-rowindex", index + header_rows + 1);
    this.element.setAttribute("aria-selected", is_active);
    this.element.classList.toggle("active", is_active);
    for (const column of columns) {
      const cell = this.#cells.get(column.id);
      if (column.is_line) {
        cell.className = "line";
        this.#draw(cell, entry.rates.samples);
        continue;
      }
      const text = column.text(entry);
      set_text(cell, text);
      if (column.id === "host" && cell.title !== text)
        cell.title = text;
      cell.className = `${column.is_number ? "number " : ""}${column.mark?.(entry) ?? ""}`;
    }
  }
}

export class HostGrid {
  #grid = document.getElementById("host-grid");
  #scroller = document.getElementById("host-scroller");
  #body = this.#grid.tBodies[0];
  #above = this.#spacer();
  #below = this.#spacer();
  #rows = [];
  #entries = [];
  #column = columns[0];
  #is_descending = false;
  #active = null; // subject of the selected row
  #headers = new Map();

  // `choose` is called with the subject of the row that the user selects.
  constructor(choose) {
    for (const column of columns)
      this.#add_header(column);
    this.#body.append(this.#above, this.#below);
    this.#grid.setAttribute("aria-colcount", columns.length);
    this.#scroller.addEventListener("scroll", () => this.#draw());
    new ResizeObserver(() => this.#draw()).observe(this.#scroller);
    this.#grid.addEventListener("keydown", (event) => this.#take_key(event, choose));
    this.#body.addEventListener("click", (event) => {
      const row = this.#rows.find(({ element }) => element.contains(event.target));
      if (!row)
        return;
      this.#active = row.subject;
      this.#draw();
      choose(row.subject);
    });
  }

  #spacer() {
    const row = made("tr", { className: "spacer" });
    row.setAttribute("aria-hidden", "true");
    row.append(made("td", { colSpan: columns.length }));
    return row;
  }

  #add_header(column) {
    const header = made("th", { scope: "col", className: `column-${column.id}` });
    header.setAttribute("role", "columnheader");
    if (column.is_number)
      header.classList.add("number");
    if (column.is_line) {
      header.textContent = column.title;
    } else {
      const button = made("button", { type: "button", textContent: column.title });
      button.addEventListener("click", () => this.#sort_by(column));
      header.append(button);
      this.#headers.set(column, { header, button });
    }
    this.#grid.tHead.rows[0].append(header);
    this.#mark_sorted();
  }

  #sort_by(column) {
    // The first click sorts names in ascending order, and numbers in descending order.
    this.#is_descending = column === this.#column ? !this.#is_descending : column.is_number === true;
    this.#column = column;
    this.#mark_sorted();
    this.show(this.#entries);
  }

  #mark_sorted() {
    for (const [column, { header, button }] of this.#headers) {
      const is_sorted = column === this.#column;
      const arrow = this.#is_descending ? " ▾" : " ▴";
      button.textContent = column.title + (is_sorted ? arrow : "");
      if (is_sorted)
        header.setAttribute("aria-sort", this.#is_descending ? "descending" : "ascending");
      else
        header.removeAttribute("aria-sort");
    }
  }

  show(entries) {
    this.#entries = sorted(entries, this.#column, this.#is_descending);
    this.#grid.setAttribute("aria-rowcount", entries.length + header_rows);
    this.#draw();
  }

  focus() {
    this.#grid.focus();
  }

  take_colours() {
    for (const row of this.#rows)
      row.line?.take_colour();
  }

  get #active_index() {
    return this.#entries.findIndex(({ row }) => row.subject === this.#active);
  }

  #draw() {
    const view = this.#scroller.clientHeight - header_rows * row_height;
    const first = Math.max(0, Math.floor(this.#scroller.scrollTop / row_height) - beyond);
    const end = Math.min(this.#entries.length, first + Math.ceil(view / row_height) + 2 * beyond + 1);
    this.#have_rows(Math.max(0, end - first));
    this.#rows.forEach((row, i) => {
      const entry = this.#entries[first + i];
      row.show(entry, first + i, entry.row.subject === this.#active);
    });
    this.#above.cells[0].style.height = `${first * row_height}px`;
    this.#above.hidden = first === 0;
    this.#below.cells[0].style.height = `${(this.#entries.length - end) * row_height}px`;
    this.#below.hidden = end >= this.#entries.length;
    const active = this.#rows.find(({ subject }) => subject === this.#active);
    if (active)
      this.#grid.setAttribute("aria-activedescendant", active.element.id);
    else
      this.#grid.removeAttribute("aria-activedescendant");
  }

  #have_rows(count) {
    while (this.#rows.length > count)
      this.#rows.pop().element.remove();
    while (this.#rows.length < count) {
      const row = new GridRow();
      this.#rows.push(row);
      this.#below.before(row.element);
    }
  }

  #take_key(event, choose) {
    if (event.target !== this.#grid) // the event is of a button in the header
      return;
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / row_height) - 2);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page,
                    Home: -Infinity, End: Infinity };
    if (event.key === "Enter" && this.#active_index >= 0)
      choose(this.#active);
    else if (event.key in steps && this.#entries.length > 0)
      this.#move(steps[event.key]);
    else
      return;
    event.preventDefault();
  }

  #move(step) {
    const index = Math.min(this.#entries.length - 1, Math.max(0, this.#active_index + step));
    this.#active = this.#entries[index].row.subject;
    const top = index * row_height;
    const view = this.#scroller.clientHeight - (header_rows + 1) * row_height;
    this.#scroller.scrollTop = Math.min(top, Math.max(this.#scroller.scrollTop, top - view));
    this.#draw();
  }
}
