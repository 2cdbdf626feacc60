// SPDX-License-Identifier: GPL-2.0-or-later
// Selects hosts by name. A pattern with any of *?[ is a shell pattern such as "web-*", as in nflogcap-watch. Any other
// pattern is a part of the name.

const literal = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

function set_of(text) {
  const inner = text.slice(1, -1);
  const is_negated = /^[!^]/.test(inner);
  return `[${is_negated ? "^" : ""}${(is_negated ? inner.slice(1) : inner).replace(/[\\\]^[]/g, "\\$&")}]`;
}

// Returns a function that returns whether a host's name matches.
export function matcher(pattern) {
  if (!/[*?[]/.test(pattern)) {
    const part = pattern.toLowerCase();
    return (host) => host.toLowerCase().includes(part);
  }
  const pieces = pattern.match(/\*+|\?|\[[!^]?[^\]]+\]|[\s\S]/g).map((piece) => {
    if (piece[0] === "*")
      return ".*";
    if (piece === "?")
      return ".";
    return piece.length > 1 && piece[0] === "[" ? set_of(piece) : literal(piece);
  });
  try {
    const form = new RegExp(`^${pieces.join("")}$`, "su");
    return (host) => form.test(host);
  } catch { // an invalid range such as [z-a] matches no name
    return () => false;
  }
}
