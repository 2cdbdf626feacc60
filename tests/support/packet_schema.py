# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/packet.schema.json, as the tests read it: no member is allowed that it does not have."""

import copy
import json
import pathlib

import jsonschema

SCHEMA = json.loads((pathlib.Path(__file__).parent.parent.parent / "docs/packet.schema.json").read_text())

Validator = jsonschema.Draft202012Validator


def objects(schema, path=()):
    """Each schema of an object, with its path: this schema, and those inside it."""
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
    """The object that a packet is; raises with all that is wrong with it."""
    wrong = [f"{error.json_path}: {error.message}" for error in _validator.iter_errors(packet)]
    assert not wrong, f"{packet} is not what docs/packet.schema.json says:\n" + "\n".join(wrong)
    return packet
