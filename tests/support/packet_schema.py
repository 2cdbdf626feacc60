# SPDX-License-Identifier: GPL-2.0-or-later
"""Validates packets with docs/packet.schema.json. Members that the schema does not have are not allowed here."""

import copy
import json
import pathlib

import jsonschema

SCHEMA = json.loads((pathlib.Path(__file__).parent.parent.parent / "docs/packet.schema.json").read_text())

Validator = jsonschema.Draft202012Validator


def objects(schema, path=()):
    """Yields this schema and the schemas inside it that describe objects, each with its path."""
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield path, schema
        for name, part in schema.items():
            yield from objects(part, (*path, name))


def _closed(schema):
    closed = copy.deepcopy(schema)
    for _, each in objects(closed):
        each["additionalProperties"] = False
    return closed


_validator = Validator(_closed(SCHEMA), format_checker=jsonschema.FormatChecker(["ipv4", "ipv6"]))


def validate(packet):
    """Returns the packet. If it does not conform to the schema, raises an error that lists all violations."""
    wrong = [f"{error.json_path}: {error.message}" for error in _validator.iter_errors(packet)]
    assert not wrong, f"{packet} does not conform to docs/packet.schema.json:\n" + "\n".join(wrong)
    return packet
