// SPDX-License-Identifier: GPL-2.0-or-later
// The columns of the table of hosts. Each has a value for sorting, a text, and a mark for problems.

import { long_silence } from "./host_table.js";
import { grouped, rounded } from "./texts.js";

function seen_text({ row, silent }) {
  if (row.is_ended)
    return `ended ${rounded(silent)} ago`;
  return silent > long_silence ? `silent for ${rounded(silent)}` : `${rounded(silent)} ago`;
}

function seen_mark({ row, silent }) {
  if (silent <= long_silence)
    return "";
  return row.is_ended ? "faint" : "bad";
}

const sum = (id, title, mark) => ({
  id, title, is_number: true, value: ({ sums }) => sums[id], text: ({ sums }) => grouped(sums[id]),
  mark: ({ sums }) => (mark && sums[id] > 0n ? "warning" : ""),
});

// The argument of each function is an entry { row, sums, rate, silent }. `rate` is null if it is unknown.
export const columns = [
  { id: "host", title: "Host", value: ({ row }) => row.host, text: ({ row }) => row.host },
  { id: "group", title: "Group", is_number: true, value: ({ row }) => row.group,
    text: ({ row }) => String(row.group) },
  { id: "rate", title: "Packets/s", is_number: true, value: ({ rate }) => rate ?? -1,
    text: ({ rate }) => (rate === null ? "–" : grouped(Math.round(rate))) },
  { id: "line", title: "Last 2 min", is_line: true },
  { id: "lag", title: "Lag", is_number: true, value: ({ row }) => row.lag,
    text: ({ row }) => rounded(row.lag) },
  sum("logged", "Logged"),
  sum("filtered", "Filtered"),
  sum("lost", "Lost", "warning"),
  sum("missing", "Missing", "warning"),
  { id: "seen", title: "Last seen", value: ({ silent }) => silent, text: seen_text, mark: seen_mark },
];

const by_name = new Intl.Collator("en", { numeric: true });

function compare(one, other) {
  if (typeof one === "string")
    return by_name.compare(one, other);
  return one < other ? -1 : one > other ? 1 : 0;
}

// Sorts entries by a column. Entries with equal values are sorted by host and group.
export function sorted(entries, column, is_descending) {
  const sign = is_descending ? -1 : 1;
  return entries.sort((one, other) =>
    sign * compare(column.value(one), column.value(other)) ||
    by_name.compare(one.row.host, other.row.host) || one.row.group - other.row.group);
}
