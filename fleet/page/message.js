// SPDX-License-Identifier: GPL-2.0-or-later
// Decodes a message of the stream. fleet/message.hpp describes its subject and its headers.

import { escaped } from "./escaped.js";

// Thrown if the message is not from nflogcap-ship, or is damaged.
export class DamagedMessage extends Error {}
// Thrown if the message is from a later version of nflogcap-ship.
export class LaterVersion extends Error {}

const own_version = 1n;
const max_count = 2n ** 64n - 1n;
const subject_form = /^nflog\.pcap\.([^.]{1,200})\.g(0|[1-9][0-9]{0,4})$/;
const token_form = /^(?:[!-$&-)+\--\-0-=?-[\]-~]|%[0-9A-F]{2})+$/;
const kept = /[!-$&-)+\--\-0-=?-[\]-~]/;
const identity_form = /^[0-9a-f]{16}$/;
const savefile_head = 24; // length in bytes

// Returns the 64-bit number in a text, or undefined if the text is not such a number.
function count_in(text) {
  if (!/^[0-9]{1,20}$/.test(text))
    return undefined;
  const count = BigInt(text);
  return count <= max_count ? count : undefined;
}

// Returns the bytes of a token such as "web-1%2Eexample". Returns null if nflogcap-ship would write a byte in another
// way.
function bytes_of_token(token) {
  if (!token_form.test(token))
    return null;
  const bytes = [];
  for (let at = 0; at < token.length; ++at) {
    if (token[at] !== "%") {
      bytes.push(token.charCodeAt(at));
      continue;
    }
    const byte = parseInt(token.slice(at + 1, at + 3), 16);
    if (kept.test(String.fromCharCode(byte)))
      return null;
    bytes.push(byte);
    at += 2;
  }
  return Uint8Array.from(bytes);
}

// Returns { host, group } of a subject; the host is text for users. Returns null for subjects of other messages.
export function source_of(subject) {
  const parts = subject_form.exec(subject);
  const bytes = parts && bytes_of_token(parts[1]);
  const group = parts && Number(parts[2]);
  return bytes && group <= 65535 ? { host: escaped(bytes), group } : null;
}

const account_words = ["packets", "total", "lost", "filtered", "dropped", "session", "time", "end"];

// Parses an account. Counts are sums since the spool was created, except `packets`. Times are in ns since 1970. Returns
// null if a word is missing or is not a number. Ignores words of later versions.
export function account_in(text) {
  const account = {};
  for (const word of text.split(" ")) {
    const equals = word.indexOf("=");
    const name = word.slice(0, equals);
    if (equals > 0 && !Object.hasOwn(account, name) && account_words.includes(name))
      account[name] = count_in(word.slice(equals + 1));
  }
  if (account_words.some((name) => account[name] === undefined) || account.end > 1n ||
      account.packets > account.total)
    return null;
  account.is_end = account.end === 1n;
  return account;
}

// Parses "2=eth0,3=br0" into a map. The names are text for users.
export function interfaces_in(text) {
  const interfaces = new Map();
  for (const item of text.split(",")) {
    const parts = /^([0-9]{1,10})=((?:[^%]|%[0-9A-Fa-f]{2})*)$/.exec(item);
    if (!parts)
      continue;
    const bytes = parts[2].match(/%..|[^%]/g) ?? [];
    interfaces.set(Number(parts[1]), escaped(Uint8Array.from(bytes, (one) =>
      one.length === 3 ? parseInt(one.slice(1), 16) : one.charCodeAt(0))));
  }
  return interfaces;
}

function check_version(text) {
  const version = count_in(text);
  if (version === undefined || version === 0n)
    throw new DamagedMessage("it has no header Nflogcap-Version");
  if (version > own_version)
    throw new LaterVersion(`it has the version ${version} of a later nflogcap-ship`);
}

// Decodes a message. `header`: a function that returns the value of a header by its name, or ""; `data`: the payload.
export function decoded_message(subject, header, data) {
  const source = source_of(subject);
  if (!source)
    throw new DamagedMessage("its subject is not nflog.pcap.HOST.gGROUP");
  check_version(header("Nflogcap-Version"));
  const spool = header("Nflogcap-Spool");
  if (!identity_form.test(spool))
    throw new DamagedMessage("its header Nflogcap-Spool is not the identity of a spool");
  const number = count_in(header("Nflogcap-Chunk"));
  if (!number)
    throw new DamagedMessage("its header Nflogcap-Chunk is not the number of a chunk");
  const account = account_in(header("Nflogcap-Account"));
  if (!account)
    throw new DamagedMessage("its header Nflogcap-Account is not an account");
  if (data.length > 0 && data.length <= savefile_head)
    throw new DamagedMessage("its savefile is cut off");
  if ((account.packets === 0n) !== (data.length === 0))
    throw new DamagedMessage("its savefile and the number of packets in its account do not agree");
  return { subject, ...source, spool, number, account,
           interfaces: header("Nflogcap-Interfaces"), savefile: data };
}
