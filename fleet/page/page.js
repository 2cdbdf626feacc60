// SPDX-License-Identifier: GPL-2.0-or-later
// The page: it signs in to the broker, and updates all figures once per second.

import { checked_address, Connection } from "./connection.js";
import { Fleet } from "./fleet.js";
import { HostGrid } from "./host_grid.js";
import { matcher } from "./host_pattern.js";
import { Line } from "./lines.js";
import { Load } from "./load.js";
import { Notices } from "./notices.js";
import { PacketsView } from "./packets_view.js";
import { PrefixesView } from "./prefixes_view.js";
import { counted, grouped, time_of_day } from "./texts.js";
import { follow_theme } from "./theme.js";

const interval = 1_000; // ms
const many_rows = 50; // above this number, rows are drawn only every two seconds, to save CPU time
const element = (id) => document.getElementById(id);

class FleetPage {
  #fleet = new Fleet();
  #notices = new Notices();
  #cut_off_since = null;
  #grid = new HostGrid((subject) => this.#choose(subject));
  #packets = new PacketsView(() => this.#close_packets());
  #prefixes = new PrefixesView();
  #line = null; // created as soon as its element has a size
  #timer = 0;
  #ticks = 0;
  #load = new Load();

  connection = null;

  constructor() {
    element("pattern").addEventListener("input", () => this.#show_hosts());
    element("fleet").addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#packets.subject !== null)
        this.#close_packets();
    });
    new ResizeObserver(([{ contentRect: { width, height } }]) => {
      if (width > 0)
        this.#line?.resize(Math.floor(width), Math.floor(height));
    }).observe(element("total-line"));
    document.addEventListener("visibilitychange", () => this.#show());
  }

  async open(address, closed) {
    this.#fleet = new Fleet();
    this.#load = new Load();
    this.connection = new Connection(address.stream, {
      message: (...message) => this.#take(...message),
      cut_off: () => this.#cut_off(),
      back: () => this.#come_back(),
      stream: (words) => this.#set_notice("stream", "bad", words),
      closed: (words) => {
        this.#end();
        closed(words);
      },
    });
    await this.connection.open(address);
    element("server").textContent = address.server;
    element("fleet").hidden = false;
    element("disconnect").hidden = false;
    this.#timer = setInterval(() => this.#tick(), interval);
    this.#show();
    this.#grid.focus();
  }

  focus() {
    this.#grid.focus();
  }

  take_colours() {
    this.#grid.take_colours();
    this.#line?.take_colour();
  }

  #end() {
    clearInterval(this.#timer);
    this.connection = null;
    this.#cut_off_since = null;
    document.body.classList.remove("is-old");
    this.#notices.clear();
    this.#packets.close();
    element("server").textContent = "";
    element("fleet").hidden = true;
    element("disconnect").hidden = true;
  }

  #take(subject, header, data, stored, how) {
    const message = this.#fleet.add(subject, header, data, stored, how);
    if (message)
      this.#packets.add(message);
  }

  #cut_off() {
    this.#cut_off_since ??= new Date();
    this.#fleet.expect_gaps();
    this.#set_notice("cut off", "bad", "Cut off from the broker since " +
               `${time_of_day(this.#cut_off_since)}. The figures are older. Reconnecting.`);
    document.body.classList.add("is-old");
  }

  #come_back() {
    this.#cut_off_since = null;
    this.#set_notice("cut off", "bad", null);
    document.body.classList.remove("is-old");
  }

  // Shows a text, or removes the notice if the text is null.
  #set_notice(name, kind, words) {
    if (words === null)
      this.#notices.remove(name);
    else
      this.#notices.show(name, kind, words);
  }

  #tick() {
    const is_connected = this.#cut_off_since === null;
    const messages = this.#fleet.sample(is_connected, this.connection.is_sampling);
    if (is_connected && this.#load.is_other(messages, this.connection.is_sampling))
      this.#change_sampling();
    this.#ticks += 1;
    if (this.#fleet.row_count <= many_rows || this.#ticks % 2 === 0)
      this.#show();
  }

  #change_sampling() {
    this.connection.sample(!this.connection.is_sampling);
    this.#fleet.expect_samples();
    this.#set_notice("sampling", "warning", this.connection.is_sampling
      ? "More messages arrive than a browser can handle easily. Therefore this page reads the last message of each " +
        "host in turn. Logged, filtered and lost are exact; missing has only what the spools dropped and what was " +
        "seen before." : null);
  }

  #show() {
    if (document.hidden || element("fleet").hidden)
      return;
    this.#show_hosts();
    this.#show_totals();
    this.#prefixes.show(this.#fleet.prefixes, this.#fleet.since);
    this.#packets.show();
    this.#show_warnings();
  }

  #show_hosts() {
    const is_match = matcher(element("pattern").value);
    const entries = this.#fleet.entries();
    const shown = entries.filter(({ row }) => is_match(row.host));
    element("shown").textContent = shown.length === entries.length ? ""
      : `${grouped(shown.length)} of ${grouped(entries.length)}`;
    element("total-rows").textContent = grouped(entries.length);
    this.#grid.show(shown);
  }

  #show_totals() {
    const sums = this.#fleet.totals();
    for (const name of ["logged", "filtered", "lost", "missing"])
      element(`total-${name}`).textContent = grouped(sums[name]);
    const rates = this.#fleet.total_rates;
    element("total-rate").textContent = rates.last === null ? "–" : grouped(Math.round(rates.last));
    const place = element("total-line");
    if (!this.#line && place.clientWidth > 0)
      this.#line = new Line(place, place.clientWidth, place.clientHeight);
    this.#line?.show(rates.samples);
    this.#set_notice("unseen", "warning", sums.unseen_messages === 0n ? null
      : `${counted(sums.unseen_messages, "message was", "messages were")} not received, because the page was ` +
        "cut off, or was so slow that the broker closed the connection. Lost and filtered packets are counted " +
        "anyway; it is unknown whether packets are missing.");
  }

  #show_warnings() {
    const { damaged, later, left_out } = this.#fleet;
    this.#set_notice("damaged", "warning", damaged.count === 0 ? null
      : `${counted(damaged.count, "message is", "messages are")} not counted, because nflogcap-ship does not send ` +
        `such messages. The last one: ${damaged.words}.`);
    this.#set_notice("later", "warning", later.count === 0 ? null
      : `${counted(later.count, "message is", "messages are")} not counted, because a later version of ` +
        `nflogcap-ship sent them; install that version of this page. The last one: ${later.words}.`);
    this.#set_notice("left out", "warning", left_out === 0 ? null
      : "There are more hosts and groups than this page can hold.");
  }

  async #choose(subject) {
    this.#packets.open(this.#fleet.row(subject));
    await this.#follow(subject);
    this.#packets.show();
  }

  #follow(subject) {
    if (this.connection.is_sampling)
      this.#fleet.expect_samples();
    return this.connection.follow(subject);
  }

  #close_packets() {
    this.#packets.close();
    this.#follow(null);
    this.#grid.focus();
  }
}

// Reads the optional file config.json beside the page. Returns { server, stream }, or { trouble } with a text.
async function settings() {
  const answer = await fetch("config.json");
  try {
    return answer.ok ? await answer.json() : {};
  } catch (error) {
    return { trouble: `config.json beside this page is not valid (${error.message}); write ` +
             '{"server": "wss://broker:8443"} into it' };
  }
}

async function sign_in(page, configured) {
  const form = document.querySelector("#sign-in form");
  const fields = form.elements;
  const error = element("sign-in-error");
  fields.server.value = location.hash.slice(1) || configured.server || "";
  const end = (words) => {
    element("sign-in").hidden = false;
    error.textContent = words ?? "";
    fields.password.value = "";
    fields[fields.server.value ? "password" : "server"].focus();
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.textContent = "";
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await page.open({ server: checked_address(fields.server.value.trim()), user: fields.user.value,
                        password: fields.password.value, stream: configured.stream ?? "NFLOG" }, end);
      element("sign-in").hidden = true;
      fields.password.value = "";
    } catch (failure) {
      end(failure.message);
    } finally {
      button.disabled = false;
    }
  });
  element("disconnect").addEventListener("click", () => page.connection.close());
  end(configured.trouble ?? null);
}

const page = new FleetPage();
follow_theme(() => page.take_colours());
element("skip").addEventListener("click", (event) => {
  event.preventDefault();
  if (!element("fleet").hidden)
    page.focus();
});
sign_in(page, await settings());
