// SPDX-License-Identifier: GPL-2.0-or-later
// Converts text from packets and hosts to text for users, as the command does. Bytes that are not UTF-8 and characters
// that are not printable become escapes such as "\x1b".

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const longest_character = 4; // length in bytes

// Control characters, characters that control bidirectional text, and line separators.
const unprintable = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const hex = (byte) => "\\x" + byte.toString(16).padStart(2, "0");

export function escapedText(text) {
  return text.replace(unprintable, (one) => Array.from(encoder.encode(one), hex).join(""));
}

function decoded(bytes) {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

export function escaped(bytes) {
  const whole = decoded(bytes);
  if (whole !== null)
    return escapedText(whole);
  let text = "";
  for (let at = 0; at < bytes.length;) {
    let length = Math.min(longest_character, bytes.length - at);
    let piece = null;
    while (length > 0 && (piece = decoded(bytes.subarray(at, at + length))) === null)
      --length;
    text += piece === null ? hex(bytes[at]) : escapedText(piece);
    at += Math.max(length, 1);
  }
  return text;
}
