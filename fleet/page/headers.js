// SPDX-License-Identifier: GPL-2.0-or-later
// Reads the fields in the headers of a payload. The results are the same as those of the library's dissection.

const Ethertype = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd, service_vlan: 0x88a8 };
const ethernet_head = 14;
const vlan_tag = 4;

const protocols = {
  1: "ICMP", 2: "IGMP", 4: "IPIP", 6: "TCP", 17: "UDP", 33: "DCCP", 41: "IPv6", 47: "GRE", 50: "ESP",
  51: "AH", 58: "ICMPv6", 89: "OSPF", 112: "VRRP", 132: "SCTP", 136: "UDPLite",
};
const with_ports = new Set([6, 17, 33, 132, 136]);

const be16 = (bytes, at) => (at + 2 <= bytes.length ? bytes[at] << 8 | bytes[at + 1] : 0);

function ipv4_text(bytes) {
  return bytes.join(".");
}

function ipv6_text(bytes) {
  const words = Array.from({ length: 8 }, (_, i) => be16(bytes, 2 * i));
  const leading = words.findIndex((word) => word !== 0);
  if (leading === 6 || (leading === 5 && words[5] === 0xffff)) // an IPv4-compatible or IPv4-mapped address
    return (leading === 5 ? "::ffff:" : "::") + ipv4_text(bytes.subarray(12));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; ++start) {
    let length = 0;
    while (start + length < 8 && words[start + length] === 0)
      ++length;
    if (length > best.length)
      best = { start, length };
  }
  const hex = words.map((word) => word.toString(16));
  if (best.start < 0)
    return hex.join(":");
  return hex.slice(0, best.start).join(":") + "::" + hex.slice(best.start + best.length).join(":");
}

function read_ports(found, bytes, at) {
  if (with_ports.has(found.protocol_number) && at + 4 <= bytes.length) {
    found.source_port = be16(bytes, at);
    found.destination_port = be16(bytes, at + 2);
  }
}

function set_protocol(found, number) {
  found.protocol_number = number;
  found.protocol = protocols[number] ?? `IP protocol ${number}`;
}

// Returns the bytes without padding. A length of 0 has no meaning: segmentation offload may still have to split the
// packet.
function without_padding(bytes, length) {
  return length === 0 ? bytes : bytes.subarray(0, length);
}

function read_ipv4(found, bytes) {
  const header = 4 * (bytes[0] & 15);
  if (bytes.length < 20 || bytes[0] >> 4 !== 4 || header < 20)
    return;
  found.source = ipv4_text(bytes.subarray(12, 16));
  found.destination = ipv4_text(bytes.subarray(16, 20));
  set_protocol(found, bytes[9]);
  const length = be16(bytes, 2);
  found.length = length;
  if ((be16(bytes, 6) & 0x1fff) === 0)
    read_ports(found, without_padding(bytes, length), header);
}

// Returns the length of an extension header in bytes. Returns 0 if the protocol is not an extension header, or if its
// length field was cut off.
function extension_length(protocol, bytes, at) {
  switch (protocol) {
  case 0: case 43: case 60: case 135: case 139: case 140:
    return at + 2 <= bytes.length ? 8 * (bytes[at + 1] + 1) : 0;
  case 44:
    return 8;
  case 51:
    return at + 2 <= bytes.length ? 4 * (bytes[at + 1] + 2) : 0;
  default:
    return 0;
  }
}
const extensions = new Set([0, 43, 44, 51, 60, 135, 139, 140]);

function read_ipv6(found, whole) {
  if (whole.length < 40 || whole[0] >> 4 !== 6)
    return;
  found.protocol = "IPv6"; // replaced below if the extension headers lead to another protocol
  found.source = ipv6_text(whole.subarray(8, 24));
  found.destination = ipv6_text(whole.subarray(24, 40));
  const rest = be16(whole, 4);
  if (rest > 0 || whole[6] === 59)
    found.length = 40 + rest;
  const bytes = rest > 0 ? whole.subarray(0, 40 + rest) : whole;
  let protocol = whole[6];
  let at = 40;
  while (extensions.has(protocol)) {
    const length = extension_length(protocol, bytes, at);
    if (length === 0 || at + length > bytes.length)
      return; // the rest of the headers was cut off
    const is_later_fragment = protocol === 44 && (be16(bytes, at + 2) & 0xfff8) !== 0;
    protocol = bytes[at];
    at += length;
    if (is_later_fragment) {
      if (!extensions.has(protocol))
        set_protocol(found, protocol);
      return;
    }
  }
  set_protocol(found, protocol);
  read_ports(found, bytes, at);
}

function read_arp(found, bytes) {
  if (bytes.length < 8)
    return;
  found.protocol = "ARP";
  found.length = 8 + 2 * bytes[4] + 2 * bytes[5];
  const source = 8 + bytes[4];
  const destination = source + 4 + bytes[4];
  if (be16(bytes, 2) === Ethertype.ipv4 && bytes[5] === 4 && bytes.length >= destination + 4) {
    found.source = ipv4_text(bytes.subarray(source, source + 4));
    found.destination = ipv4_text(bytes.subarray(destination, destination + 4));
  }
}

const is_vlan = (ethertype) => ethertype === Ethertype.vlan || ethertype === Ethertype.service_vlan;

// Returns whether the bytes are exactly an Ethernet header with any number of VLAN tags.
function is_ethernet_header(bytes) {
  let end = ethernet_head;
  while (end < bytes.length && is_vlan(be16(bytes, end - 2)))
    end += vlan_tag;
  return end === bytes.length;
}

// Returns what the payload starts with. At the hook output of arp and at egress of netdev it starts with the link
// layer.
function start_of_payload(payload, { family, hook, ethertype, link_header }) {
  const starts_with_link = (family === 3 || family === 5) && hook === 1;
  if (!starts_with_link)
    return { ethertype, offset: 0 };
  return family === 3 || is_ethernet_header(link_header)
    ? { ethertype: be16(payload, ethernet_head - 2), offset: ethernet_head }
    : { ethertype, offset: link_header.length };
}

// Returns the position of the layer-3 header, and its protocol.
function layer3_of(payload, place) {
  const found = start_of_payload(payload, place);
  while (is_vlan(found.ethertype)) {
    found.ethertype = be16(payload, found.offset + 2);
    found.offset += vlan_tag;
  }
  if (found.ethertype === 0 && place.family === 3)
    found.ethertype = Ethertype.arp;
  if ([0, Ethertype.ipv4, Ethertype.ipv6].includes(found.ethertype)) {
    const version = payload[found.offset] >> 4;
    if (version === 4 || version === 6)
      found.ethertype = version === 4 ? Ethertype.ipv4 : Ethertype.ipv6;
  }
  return found;
}

// Returns { protocol, source, destination, source_port, destination_port, length }. Members that are unknown are
// absent. `length` is the length of the packet on the wire. `place` has the family, the hook, the ethertype and the
// bytes of link_header, which come from other attributes than the payload.
export function headers_of(payload, place) {
  const found = {};
  const layer3 = layer3_of(payload, place);
  const bytes = payload.subarray(layer3.offset);
  if (bytes.length > 0 && layer3.ethertype === Ethertype.ipv4)
    read_ipv4(found, bytes);
  else if (bytes.length > 0 && layer3.ethertype === Ethertype.ipv6)
    read_ipv6(found, bytes);
  else if (bytes.length > 0 && layer3.ethertype === Ethertype.arp)
    read_arp(found, bytes);
  if (found.length > 0)
    found.length = Math.max(layer3.offset + found.length, payload.length);
  else
    delete found.length;
  if (found.protocol === undefined && layer3.ethertype > 0 && payload.length > 0)
    found.protocol = "EtherType 0x" + layer3.ethertype.toString(16).padStart(4, "0");
  delete found.protocol_number;
  return found;
}
