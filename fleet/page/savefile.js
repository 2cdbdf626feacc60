// SPDX-License-Identifier: GPL-2.0-or-later
// Reads the records of a pcap savefile, in either byte order, with times in nanoseconds or microseconds.

const head_bytes = 24;
const record_head_bytes = 16;
const max_record = 262144; // bytes; libpcap reads no longer records
const nanoseconds = 0xa1b23c4d;
const microseconds = 0xa1b2c3d4;

// Reads the savefile's head. Returns the data that the other functions need, or null if there is no valid head.
export function opened(bytes) {
  if (bytes.length < head_bytes)
    return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const is_little of [true, false]) {
    const magic = view.getUint32(0, is_little);
    if (magic === nanoseconds || magic === microseconds)
      return { bytes, view, is_little, unit: magic === nanoseconds ? 1n : 1000n };
  }
  return null;
}

// Calls visit(start, length, index) for each record, with the position of its content. Returns the number of records.
// Returns -1 if a record is cut off, or is longer than programs accept.
export function each_record(savefile, visit) {
  const { view, is_little } = savefile;
  const end = view.byteLength;
  let count = 0;
  for (let at = head_bytes; at < end; ++count) {
    if (end - at < record_head_bytes)
      return -1;
    const length = view.getUint32(at + 8, is_little);
    at += record_head_bytes;
    if (length > max_record || length > end - at)
      return -1;
    visit(at, length, count);
    at += length;
  }
  return count;
}

// Returns a record's time in nanoseconds since 1970. `start`: the position of the record's content.
export function time_of(savefile, start) {
  const { view, is_little, unit } = savefile;
  const head = start - record_head_bytes;
  return BigInt(view.getUint32(head, is_little)) * 1_000_000_000n +
    BigInt(view.getUint32(head + 4, is_little)) * unit;
}
