// SPDX-License-Identifier: GPL-2.0-or-later
// Makes a packet with its fields from the kernel's attributes and from the packet's headers.

import { each_attribute, Kind, text_bytes } from "./attributes.js";
import { escaped } from "./escaped.js";
import { headers_of } from "./headers.js";
import { time_of } from "./savefile.js";

const hooks = {
  2: ["prerouting", "input", "forward", "output", "postrouting", "ingress"],
  3: ["input", "output", "forward"],
  5: ["ingress", "egress"],
  7: ["prerouting", "input", "forward", "output", "postrouting", "brouting"],
  10: ["prerouting", "input", "forward", "output", "postrouting", "ingress"],
};

// Returns the name of a device. With a bridge it is the bridge and, in parentheses, its port: "br0(eth1)".
function device_text(interfaces, device, port) {
  const name = (index) => interfaces.get(index) ?? `#${index}`;
  if (!device && !port)
    return "";
  return device && port ? `${name(device)}(${name(port)})` : name(device || port);
}

// Returns the packet in the record at this place. Fields that the packet does not have are absent.
export function packet_at(savefile, start, length, interfaces) {
  const { view } = savefile;
  const family = length > 0 ? view.getUint8(start) : 0;
  const indexes = {};
  const packet = { time: time_of(savefile, start) };
  const place = { family, hook: 0, ethertype: 0, link_header: new Uint8Array() };
  let payload = new Uint8Array();
  const is_whole = each_attribute(savefile, start, length, (type, at, size) => {
    switch (type) {
    case Kind.packet_header:
      if (size >= 3) {
        place.ethertype = view.getUint16(at);
        place.hook = view.getUint8(at + 2);
        packet.hook = hooks[family]?.[place.hook] ?? String(place.hook);
      }
      break;
    case Kind.mark:
    case Kind.uid:
    case Kind.gid:
      if (size >= 4)
        packet[type === Kind.mark ? "mark" : type === Kind.uid ? "uid" : "gid"] = view.getUint32(at);
      break;
    case Kind.in_device:
    case Kind.out_device:
    case Kind.in_port:
    case Kind.out_port:
      if (size >= 4)
        indexes[type] = view.getUint32(at);
      break;
    case Kind.payload:
      payload = savefile.bytes.subarray(at, at + size);
      break;
    case Kind.prefix:
      packet.prefix = escaped(text_bytes(savefile, at, size));
      break;
    case Kind.link_header:
      place.link_header = savefile.bytes.subarray(at, at + size);
      break;
    }
    return false;
  });
  packet.in = device_text(interfaces, indexes[Kind.in_device], indexes[Kind.in_port]);
  packet.out = device_text(interfaces, indexes[Kind.out_device], indexes[Kind.out_port]);
  Object.assign(packet, headers_of(payload, place));
  packet.captured = payload.length;
  if (!is_whole)
    packet.is_damaged = true;
  return packet;
}
