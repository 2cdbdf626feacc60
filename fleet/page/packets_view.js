// SPDX-License-Identifier: GPL-2.0-or-later
// Shows the last packets of the selected host and group.

import { LastPackets, max_packets } from "./last_packets.js";
import { clock, counted, grouped, rfc3339 } from "./texts.js";

function length_text({ length, captured }) {
  if (length === undefined)
    return captured > 0 ? `${grouped(captured)} or more` : "no payload";
  return captured < length ? `${grouped(length)} (${grouped(captured)} captured)` : grouped(length);
}

const plain = (name) => (packet) => String(packet[name] ?? "");

const columns = [
  { title: "Time", text: ({ time }) => clock(time), hint: ({ time }) => rfc3339(time) },
  { title: "Prefix", className: "prefix", text: plain("prefix"), hint: plain("prefix") },
  { title: "Hook", text: plain("hook") },
  { title: "In", text: plain("in") },
  { title: "Out", text: plain("out") },
  { title: "Protocol", text: ({ protocol, is_damaged }) =>
    (is_damaged ? "damaged " : "") + (protocol ?? "unknown") },
  { title: "Source", text: plain("source") },
  { title: "Port", className: "number", text: plain("source_port") },
  { title: "Destination", text: plain("destination") },
  { title: "Port", className: "number", text: plain("destination_port") },
  { title: "Length", className: "number", text: length_text },
  { title: "Mark", className: "number", text: ({ mark }) =>
    (mark === undefined ? "" : `0x${mark.toString(16)}`) },
  { title: "UID", className: "number", text: plain("uid") },
];

export class PacketsView {
  #section = document.getElementById("packets");
  #title = document.getElementById("packets-title");
  #note = document.getElementById("packets-note");
  #body = document.getElementById("packet-rows");
  #packets = null;
  #has_changed = false;

  subject = null; // the subject of the selected host and group

  constructor(close) {
    const head = this.#section.querySelector("thead tr");
    for (const { title, className } of columns)
      head.append(Object.assign(document.createElement("th"),
                                { scope: "col", textContent: title, className: className ?? "" }));
    document.getElementById("packets-close").addEventListener("click", close);
  }

  open({ subject, host, group }) {
    this.subject = subject;
    this.#packets = new LastPackets();
    this.#has_changed = true;
    this.#title.textContent = `Last packets of ${host}, group ${group}`;
    this.#section.hidden = false;
    this.#section.querySelector(".scroller").scrollTop = 0;
    this.show();
    this.#title.focus();
  }

  close() {
    this.subject = null;
    this.#packets = null;
    this.#section.hidden = true;
    this.#body.replaceChildren();
  }

  add(message) {
    if (message.subject !== this.subject)
      return;
    this.#packets.add(message);
    this.#has_changed = true;
  }

  show() {
    if (!this.#has_changed || this.subject === null)
      return;
    this.#has_changed = false;
    const packets = this.#packets.packets();
    this.#note.textContent = packets.length === 0 ? "No packets yet"
      : `${counted(packets.length, "packet", "packets")} (at most ${max_packets}), newest first`;
    while (this.#body.rows.length > packets.length)
      this.#body.lastElementChild.remove();
    while (this.#body.rows.length < packets.length)
      this.#body.append(this.#empty_row());
    packets.forEach((packet, i) => this.#show_packet(this.#body.rows[i].cells, packet));
  }

  #empty_row() {
    const row = document.createElement("tr");
    for (const { className } of columns)
      row.append(Object.assign(document.createElement("td"), { className: className ?? "" }));
    return row;
  }

  #show_packet(cells, packet) {
    columns.forEach(({ text, hint }, i) => {
      const shown = text(packet);
      if (cells[i].textContent !== shown)
        cells[i].textContent = shown;
      if (hint)
        cells[i].title = hint(packet);
    });
  }
}
