// SPDX-License-Identifier: GPL-2.0-or-later
//
// The docstrings of a packet, as help(nflogcap.Packet) shows them.

%define DOC(NAME, TEXT)
%feature("docstring") binding::Packet::NAME TEXT;
%enddef

%feature("docstring") binding::Packet
"A packet as the kernel logged it.

It owns its bytes, and outlives its capture. A field that the kernel did not
send is None. Interfaces are indexes in the capture's network namespace, which
socket.if_indextoname() names there.";

DOC(present, "Which optional fields the kernel sent: nflogcap.HAS_* bits (int).")
DOC(payload, "The packet (bytes), from layer 3 in the ip, ip6 and inet families; at most the\n"
             "snaplen, b'' when only metadata is captured.")
DOC(wire_length, "Bytes that payload had before the snaplen cut it (int).")
DOC(timestamp, "Seconds since the Unix epoch (float): the kernel's with HAS_TIMESTAMP, else the\n"
               "time at which the packet was received.")
DOC(timestamp_ns, "The timestamp in nanoseconds (int).")
DOC(lost_before, "Packets of this group lost since the group's packet before this one, or since\n"
                 "the start (int).")
DOC(group, "NFLOG group, 0 to 65535 (int).")
DOC(family, "NFPROTO_* (int): 2 ip, 10 ip6, 7 bridge, 3 arp, 5 netdev; a rule in an inet table\n"
            "logs as ip or ip6.")
DOC(hook, "Where the rule stands (int): 0 prerouting, 1 input, 2 forward, 3 output,\n"
          "4 postrouting, 5 ingress; arp: 0 input, 1 output; netdev: 0 ingress, 1 egress.")
DOC(hw_protocol, "EtherType, such as 0x0800; 0 where the kernel knows none (int).")
DOC(mark, "The packet's mark (int), or None: the kernel omits a mark of 0.")
DOC(indev, "Index of the interface it came in by (int or None); a bridge's own in the bridge\n"
           "family.")
DOC(indev_name, "Name of the interface it came in by (str or None).")
DOC(outdev, "Index of the interface it leaves by (int or None).")
DOC(outdev_name, "Name of the interface it leaves by (str or None).")
DOC(physindev, "Index of the bridge port it came in by (int or None).")
DOC(physindev_name, "Name of the bridge port it came in by (str or None).")
DOC(physoutdev, "Index of the bridge port it leaves by (int or None).")
DOC(physoutdev_name, "Name of the bridge port it leaves by (str or None).")
DOC(uid, "Owner of the local socket that sent it (int or None).")
DOC(gid, "Group of the owner of the local socket that sent it (int or None).")
DOC(seq, "Number within the group since its binding (int or None); wraps after 2**32 - 1.")
DOC(seq_global, "Number within the network namespace (int or None); wraps after 2**32 - 1.")
DOC(prefix, "The rule's prefix (str or None), '' from an nft rule without one; bytes that are not\n"
            "UTF-8 come as surrogate escapes.")
DOC(hw_address, "The sender's link-layer address (bytes or None).")
DOC(hw_type, "ARPHRD_* (int or None): 1 Ethernet, 772 loopback.")
DOC(hw_header, "The link-layer header it came in with (bytes or None).")
DOC(l2_header, "The link-layer header, in the bridge and netdev families (bytes or None).")
DOC(vlan_tci, "The VLAN tag that stands beside the frame, not in it (int or None).")
DOC(vlan_protocol, "The VLAN tag's EtherType, 0x8100 or 0x88a8 (int or None).")
DOC(ct, "The conntrack entry, raw: the attributes nested in NFULA_CT (bytes or None).")
DOC(ct_info, "IP_CT_* (int or None).")
DOC(hexdump, "hexdump() -> str\n\n"
             "The payload, 16 bytes a line, in hexadecimal and as ASCII.")
DOC(frame, "frame() -> bytes\n\n"
           "The frame: link-layer header, VLAN tag and payload, as far as the kernel sent them.")
DOC(attribute, "attribute(type) -> bytes or None\n\n"
               "The raw bytes of an attribute of the kernel's message by its NFULA_* number, 0 to\n"
               "65535. ValueError for another number.")
