// SPDX-License-Identifier: GPL-2.0-or-later
// Reads a record of LINKTYPE_NFLOG, which consists of the header of a netfilter message and of attributes. The headers
// of attributes are in the byte order of the host that captured the packet.

export const Kind = {
  packet_header: 1, mark: 2, in_device: 4, out_device: 5, in_port: 6, out_port: 7, payload: 9,
  prefix: 10, uid: 11, gid: 14, link_header: 21,
};

const message_head = 4;
const attribute_head = 4;
const type_mask = 0x3fff;

// Calls visit(type, start, length) for each attribute of the record, until visit returns true. Returns false if an
// attribute is cut off.
export function each_attribute(savefile, record, record_length, visit) {
  const { view, is_little } = savefile;
  const end = record + record_length;
  if (record_length < message_head)
    return false;
  let at = record + message_head;
  while (end - at >= attribute_head) {
    const length = view.getUint16(at, is_little);
    if (length < attribute_head || length > end - at)
      return false;
    const type = view.getUint16(at + 2, is_little) & type_mask;
    if (visit(type, at + attribute_head, length - attribute_head))
      return true;
    at += (length + 3) & ~3;
  }
  return at >= end;
}

// Returns the bytes of a text attribute, up to its NUL.
export function text_bytes(savefile, start, length) {
  const bytes = savefile.bytes.subarray(start, start + length);
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}
