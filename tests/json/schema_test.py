#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that packets as JSON conform to docs/packet.schema.json: schema_test.py JSON_OBJECTS"""

import datetime
import json
import subprocess
import sys
import unittest

import jsonschema
from packet_schema import SCHEMA, Validator, objects, validate

FAMILIES = {"ip": {"ipv4"}, "ip6": {"ipv6"}, "inet": {"ipv4", "ipv6"}}


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = subprocess.run([JSON_OBJECTS], stdout=subprocess.PIPE, text=True)
        if done.returncode == 77:
            sys.exit(77)
        assert done.returncode == 0, done.returncode
        cls.packets = [(rule.split(), json.loads(text)) for rule, text in (
            line.split("\t") for line in done.stdout.splitlines())]

    def test_it_is_a_valid_schema_of_draft_2020_12(self):
        Validator.check_schema(SCHEMA)

    def test_every_packet_is_valid_and_has_no_other_member(self):
        for _, packet in self.packets:
            validate(packet)

    def test_our_tests_refuse_unknown_members(self):
        with self.assertRaisesRegex(AssertionError, "colour"):
            validate({**self.packets[0][1], "colour": "red"})

    def test_the_published_schema_allows_members_of_later_releases(self):
        jsonschema.validate({**self.packets[0][1], "colour": "red"}, SCHEMA, cls=Validator)

    def test_each_member_of_the_schema_occurs_in_a_packet(self):
        entries = [packet["conntrack"] for _, packet in self.packets if "conntrack" in packet]
        tuples = [entry[name] for entry in entries for name in ("original", "reply") if name in entry]
        seen = {(): [packet for _, packet in self.packets],
                ("properties", "conntrack"): entries, ("$defs", "tuple"): tuples}
        for path, schema in objects(SCHEMA):
            members = {member for each in seen.pop(path) for member in each}
            self.assertEqual(set(schema["properties"]) - members, set(), path)
        self.assertEqual(seen, {})

    def test_our_tests_refuse_unknown_members_of_a_conntrack_entry(self):
        [packet] = [packet for _, packet in self.packets if packet.get("conntrack", {}).get("zone") == 9]
        for entry in ({"colour": "red"}, {"reply": {"colour": "red"}}):
            with self.assertRaisesRegex(AssertionError, "colour"):
                validate({**packet, "conntrack": entry})

    def test_each_name_of_a_status_has_its_bit(self):
        entries = [packet["conntrack"] for _, packet in self.packets if "conntrack" in packet]
        [every] = [entry for entry in entries if entry.get("status") == 0xffff]
        names = SCHEMA["properties"]["conntrack"]["properties"]["status_names"]["items"]["enum"]
        self.assertEqual(every["status_names"], names)

    def test_families_and_hooks_have_the_names_of_the_rule(self):
        live = [(rule, packet) for rule, packet in self.packets if rule]
        self.assertGreater(len(live), 20)
        for (family, hook), packet in live:
            self.assertIn(packet["family_name"], FAMILIES.get(family, {family}))
            self.assertEqual(packet["hook_name"], hook)
            for member in ("family_name", "hook_name"):
                self.assertIn(packet[member], SCHEMA["properties"][member]["examples"])

    def test_unknown_families_and_hooks_have_no_name(self):
        [packet] = [packet for _, packet in self.packets if packet["family"] == 255]
        self.assertFalse({"family_name", "hook_name"} & set(packet))

    def test_the_timestamp_is_the_time_in_nanoseconds(self):
        for _, packet in self.packets:
            moment = datetime.datetime.strptime(packet["timestamp"][:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z")
            self.assertEqual(int(moment.timestamp()) * 10**9 + int(packet["timestamp"][20:29]),
                             packet["timestamp_ns"])


if __name__ == "__main__":
    JSON_OBJECTS = sys.argv.pop(1)
    unittest.main(verbosity=2)
