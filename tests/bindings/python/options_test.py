# SPDX-License-Identifier: GPL-2.0-or-later
"""The options that open() accepts, and the messages for options that it refuses."""

import unittest

import live
import nflogcap
from nflogcap import _nflogcap
from nflogcap.options import OPTIONS


class OptionsTest(live.LiveTest):
    RANGES = {
        name: option
        for name, option in OPTIONS.items()
        if option.kind in (_nflogcap.INTEGER, _nflogcap.GROUPS)
    }

    def open(self, option, value):
        tap = {"tap": "udp dport 9"} if option.startswith("tap_") else {}
        return nflogcap.open(**{"groups": 5, option: value}, **tap)

    def test_the_ends_of_each_range_are_accepted(self):
        self.assertGreater(len(self.RANGES), 5)
        for option, described in self.RANGES.items():
            for value in (described.minimum, described.maximum):
                with self.subTest(option=option, value=value):
                    self.open(option, value).close()

    def test_values_outside_a_range_are_refused(self):
        for option, described in self.RANGES.items():
            low, high = described.minimum, described.maximum
            for value in (low - 1, high + 1, -(2**32), 10**30, -(10**30)):
                words = f"^cannot set the {option} to {value}: it must be {low} to {high}"
                with self.subTest(option=option, value=value):
                    with self.assertRaisesRegex(ValueError, words):
                        self.open(option, value)

    def test_delivery_is_one_of_three(self):
        for delivery, in_force in (
            (nflogcap.BATCHED, nflogcap.BATCHED),
            (nflogcap.IMMEDIATE, nflogcap.IMMEDIATE),
            (nflogcap.ADAPTIVE, nflogcap.IMMEDIATE),  # adaptive delivery is immediate while few packets arrive
        ):
            with nflogcap.open(5, delivery=delivery) as capture:
                self.assertEqual(capture.stats.delivery, in_force)
        nflogcap.open(5, delivery="adaptive").close()
        for delivery in (-1, 99, 2**40, "fast"):
            with self.assertRaisesRegex(ValueError, "delivery"):
                nflogcap.open(5, delivery=delivery)

    def test_options_of_a_wrong_type_are_refused(self):
        for option in self.RANGES:
            for value in ("96", 96.0, [5, [6]], b"96"):
                words = f"^{option} must be an integer, not '.*'$"
                with self.subTest(option=option, value=value):
                    with self.assertRaisesRegex(TypeError, words):
                        self.open(option, value)

    def test_groups_are_a_number_or_an_iterable_of_numbers(self):
        for groups in (5, [5], (5, 6), range(4), {5, 6}, iter([5, 6])):
            nflogcap.open(groups).close()
        with self.assertRaisesRegex(ValueError, "there is no group to capture"):
            nflogcap.open([])
        with self.assertRaisesRegex(ValueError, "group 5: it was added before"):
            nflogcap.open([5, 5])
        for groups, culprit in ((5.0, "float"), (object(), "object")):
            with self.assertRaisesRegex(TypeError, f"not '{culprit}'"):
                nflogcap.open(groups)
        for groups, culprit in (("5", "str"), ([5, None], "NoneType")):
            with self.assertRaisesRegex(TypeError, f"groups must be an integer, not '{culprit}'"):
                nflogcap.open(groups)

    def test_an_unknown_option_is_refused_and_the_nearest_valid_one_is_named(self):
        for unknown, nearest in (
            ("snap_len", "snaplen"),
            ("queue_treshold", "queue_threshold"),
            ("socketbuffer", "socket_buffer"),
        ):
            words = f"unexpected keyword argument: .* '{unknown}'; did you mean '{nearest}'"
            with self.assertRaisesRegex(TypeError, words):
                nflogcap.open(5, **{unknown: 1})

    def test_a_refused_open_leaves_no_group_bound(self):
        with self.assertRaises(ValueError):
            nflogcap.open(5, snaplen=-1)
        nflogcap.open(5).close()

    def test_invalid_timeouts_are_refused(self):
        capture = self.with_capture(5)
        for timeout in (-1, -0.001, float("nan")):
            with self.assertRaisesRegex(ValueError, "timeout .* is out of range"):
                capture.next(timeout)
        for timeout in ("1", [1], 1j):
            with self.assertRaisesRegex(TypeError, "timeout must be a number of seconds or None"):
                capture.next(timeout)


if __name__ == "__main__":
    unittest.main()
