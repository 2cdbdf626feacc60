// SPDX-License-Identifier: GPL-2.0-or-later
// The connection to the broker. First it delivers the last message of each subject. After that it delivers either all
// new messages or samples: the last message of each subject, read repeatedly.

import { connect, ErrorCode, Events } from "./vendor/nats.js";
import { source_of } from "./message.js";

const all_subjects = "nflog.pcap.>";
const inbox = "_INBOX_watch";
const ping_interval = 2_000; // ms, as all times below
const connect_timeout = 5_000;
const request_timeout = 10_000;
const reconnect_wait = 1_000;
const retry_wait = 10_000;
const max_requests = 8; // requests that wait for an answer at the same time
const sample_wait = 1_000;
const max_samples = 50; // samples in each sample_interval

// An error; its text is for users.
export class Failure extends Error {}

// Returns the address if a browser can connect to it. Otherwise throws Failure.
export function checked_address(text) {
  let address;
  try {
    address = new URL(text);
  } catch {
    throw new Failure(`'${text}' is not an address; write it as wss://broker:8443`);
  }
  if (!["ws:", "wss:"].includes(address.protocol))
    throw new Failure(`'${text}' is not the address of a websocket; write it as wss://broker:8443`);
  if (address.username || address.password)
    throw new Failure("The address contains a user or a password; enter them in their own fields");
  if (address.protocol === "ws:" && location.protocol === "https:")
    throw new Failure("A browser connects a page of https:// only to wss://; give the broker's websocket " +
                      "a certificate, and use wss://");
  return text;
}

function connect_failure(error, server, user) {
  if ([ErrorCode.AuthorizationViolation, ErrorCode.BadAuthentication,
       ErrorCode.AuthenticationExpired].includes(error.code))
    return new Failure(`The broker at ${server} refuses the user '${user}' or the password; check that ` +
                       "it has this user and this password");
  if (error.code === ErrorCode.Timeout)
    return new Failure(`The broker at ${server} did not answer in time; check that the network and ` +
                       "firewalls let the port pass");
  return new Failure(
    `Cannot connect to ${server}: nothing listens there, or this browser does not trust the broker's ` +
    "certificate; check that nats-server runs with websocket {} in its configuration" +
    (server.startsWith("wss:") ? `, and open ${server.replace(/^wss/, "https")} in a tab to see what ` +
     "the browser reports about the certificate" : ""));
}

function stream_words(stream, why) {
  return `Cannot read the stream ${stream}: ${why}. Hosts appear when they send; trying again.`;
}

// stream_failure.cpp contains the same texts.
function words_of_request(stream, error) {
  switch (error.code) {
  case ErrorCode.NoResponders:
    return stream_words(stream, "there is no answer; check that the broker runs JetStream, as 'nats-server " +
                                "-js' does, and that the stream has allow_direct");
  case ErrorCode.PermissionsViolation:
    return stream_words(stream, `${error.message}; allow the broker's user to publish to that subject`);
  case ErrorCode.Timeout:
    return stream_words(stream, "the broker did not answer in time; check that it runs JetStream and " +
                                "allows this user to request the stream");
  default:
    return stream_words(stream, error.message);
  }
}

export class Connection {
  #nats;
  #stream;
  #handlers;
  #retry = 0;
  #subscription = null;
  #followed = null;
  #refusal = null; // the broker's refusal, as text for users

  is_sampling = false;

  // `handlers` has these functions: message(subject, header, data, stored, how), with `how` as in HostTable.add();
  // cut_off() and back() for the connection; stream(text), with null if the stream can be read; closed(text), with null
  // if the page itself closed the connection.
  constructor(stream, handlers) {
    this.#stream = stream;
    this.#handlers = handlers;
  }

  async open({ server, user, password }) {
    const failure = (error) => connect_failure(error, server, user);
    try {
      this.#nats = await connect({
        servers: server, user, pass: password, name: "nflogcap page", inboxPrefix: inbox,
        timeout: connect_timeout, pingInterval: ping_interval, maxPingOut: 2, ignoreClusterUpdates: true,
        maxReconnectAttempts: -1, reconnectTimeWait: reconnect_wait,
      });
    } catch (error) {
      throw failure(error);
    }
    this.#nats.closed().then((error) =>
      this.#handlers.closed(this.#refusal ?? (error ? failure(error).message : null)));
    this.#follow_state();
    this.#subscribe();
    this.#read_last();
  }

  // Reads samples instead of all messages, or all messages again. Samples need little CPU time, whatever the rate of
  // messages. In addition, follow() receives all messages of one subject.
  sample(is_sampling) {
    this.is_sampling = is_sampling;
    this.#subscribe();
    if (is_sampling)
      this.#read_samples();
    else
      this.#read_last();
  }

  // Receives all messages of this subject; null: of no subject.
  async follow(subject) {
    this.#followed = subject;
    this.#subscribe();
    if (subject !== null)
      await this.#read_again(subject); // reads the last message again for its packets: samples contain only sums
  }

  #subscribe() {
    const subject = this.is_sampling ? this.#followed : all_subjects;
    if (this.#subscription?.getSubject() === subject)
      return;
    this.#subscription?.unsubscribe();
    this.#subscription = subject && this.#nats.subscribe(
      subject, { callback: (error, message) => this.#take(error, message) });
  }

  close() {
    return this.#nats.close();
  }

  async #follow_state() {
    for await (const { type, data } of this.#nats.status()) {
      if (type === Events.Disconnect) {
        this.#handlers.cut_off();
      } else if (type === Events.Reconnect) {
        this.#handlers.back();
        if (!this.is_sampling)
          this.#read_last();
      }
    }
  }

  #take(error, message) {
    if (!error)
      return this.#give(message, message.subject, Date.now(), "live");
    this.#refusal = `Cannot subscribe to ${all_subjects}: ${error.message}; allow the broker's user to ` +
      "subscribe to it";
    this.close();
  }

  #give({ headers, data }, subject, stored, how) {
    this.#handlers.message(subject, (name) => headers?.get(name) ?? "", data, stored, how);
  }

  // Reads the last message of each subject. A newer message may have arrived meanwhile. It is not replaced, because
  // chunks have numbers.
  async #read_last() {
    if (this.#nats.isClosed())
      return;
    clearTimeout(this.#retry);
    try {
      const subjects = (await this.#subjects()).values();
      await Promise.all(Array.from({ length: max_requests }, async () => {
        for (const subject of subjects)
          await this.#read(subject, "stored");
      }));
      this.#handlers.stream(null);
    } catch (error) {
      this.#report(error);
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => this.#read_last(), retry_wait);
    }
  }

  async #subjects() {
    const answer = await this.#request(`$JS.API.STREAM.INFO.${this.#stream}`,
                                       JSON.stringify({ subjects_filter: all_subjects }));
    const { error, state } = answer.json();
    if (error)
      throw new Error(error.code === 404
        ? "the broker has no stream of this name; create it with nflogcap-collect --stream-config"
        : error.description);
    return Object.keys(state.subjects ?? {}).filter((subject) => source_of(subject) !== null);
  }

  // Reads the last message of a subject, if the stream still has one.
  async #read(subject, how) {
    const answer = await this.#request(`$JS.API.DIRECT.GET.${this.#stream}.${subject}`);
    if (answer.headers?.code === 404)
      return;
    this.#give(answer, subject, Date.parse(answer.headers.get("Nats-Time-Stamp")), how);
  }

  // Reads the last message of each subject, again and again.
  async #read_samples() {
    while (this.is_sampling && !this.#nats.isClosed()) {
      try {
        const subjects = await this.#subjects();
        for (let at = 0; at < Math.max(1, subjects.length) && this.is_sampling; at += max_samples) {
          const pause = new Promise((resolve) => { setTimeout(resolve, sample_wait); });
          await Promise.all(subjects.slice(at, at + max_samples).map((one) => this.#read(one, "sample")));
          await pause;
        }
        this.#handlers.stream(null);
      } catch (error) {
        this.#report(error);
        await new Promise((resolve) => { setTimeout(resolve, sample_wait); });
      }
    }
  }

  async #read_again(subject) {
    try {
      await this.#read(subject, "stored");
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error) {
    if (!this.#nats.isClosed())
      this.#handlers.stream(words_of_request(this.#stream, error));
  }

  #request(subject, data) {
    return this.#nats.request(subject, data, { timeout: request_timeout });
  }
}
