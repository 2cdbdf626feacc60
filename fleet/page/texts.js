// SPDX-License-Identifier: GPL-2.0-or-later
// Converts numbers and times to text, as the fleet's programs do.

// Returns a text such as "1,234,567".
export function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function counted(number, one, several) {
  return `${grouped(number)} ${Number(number) === 1 ? one : several}`;
}

// Converts milliseconds to "0.1 s", "12 s", "3 min", "2 h" or "5 d".
export function rounded(time) {
  const seconds = time / 1000;
  if (seconds < 10)
    return (Math.floor(seconds * 10) / 10).toFixed(1) + " s";
  if (seconds < 120)
    return Math.floor(seconds) + " s";
  if (seconds < 7200)
    return Math.floor(seconds / 60) + " min";
  return seconds < 172800 ? Math.floor(seconds / 3600) + " h" : Math.floor(seconds / 86400) + " d";
}

const two_digits = (number) => String(number).padStart(2, "0");

// Returns the local time of day, such as "14:02:07".
export function time_of_day(date) {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two_digits).join(":");
}

// Returns the local time of day for nanoseconds since 1970, such as "14:02:07.123456".
export function clock(time) {
  return time_of_day(new Date(Number(time / 1_000_000n))) + "." +
    String(time / 1000n % 1_000_000n).padStart(6, "0");
}

// Returns a time in UTC, such as "2026-11-29T14:22:01.125398000Z".
export function rfc3339(time) {
  const date = new Date(Number(time / 1_000_000n));
  return Number.isNaN(date.getTime()) ? `${time} ns`
    : date.toISOString().replace(/\.\d+Z$/, "." + String(time % 1_000_000_000n).padStart(9, "0") + "Z");
}
