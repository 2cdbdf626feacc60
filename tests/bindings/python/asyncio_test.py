# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures in asyncio's event loop."""

import asyncio
import contextlib
import errno
import gc
import os
import tempfile
import time
import unittest
import warnings

import live
import nflogcap


def soon(function):
    asyncio.get_running_loop().call_later(0.05, function)


class AsyncioTest(live.LiveTest):
    def test_async_for_yields_all_packets(self):
        async def read(capture):
            return [live.udp_payload(packet) async for packet in capture]

        self.with_rule(901, "group 5")
        capture = self.with_capture(5)
        payloads = [b"%d" % number for number in range(1000)]
        live.send(901, *payloads)
        capture.stop()
        self.assertEqual(asyncio.run(read(capture)), payloads)
        self.assertEqual(asyncio.run(read(capture)), [])
        self.assertTrue(capture.ended)

    def test_async_for_yields_all_batches(self):
        async def read(capture):
            return [payload async for batch in capture.batches() for payload in batch.payloads()]

        async def read_one(capture, timeout=None):
            return await capture.read_batch_async(timeout)

        self.with_rule(909, "group 5")
        capture = self.with_capture(5)
        live.send(909, *[b"%d" % number for number in range(1000)])
        live.await_kernel_delivery()
        first = asyncio.run(read_one(capture))
        capture.stop()
        payloads = first.payloads() + asyncio.run(read(capture))
        self.assertEqual([payload[28:] for payload in payloads], [b"%d" % number for number in range(1000)])
        self.assertEqual(asyncio.run(read(capture)), [])
        self.assertRaises(EOFError, asyncio.run, read_one(capture))
        idle = self.with_capture(6)
        self.assertIsNone(asyncio.run(read_one(idle, 0.01)))
        idle.wakeup()
        self.assertEqual(asyncio.run(read(idle)), [])
        idle.close()
        self.assertRaises(ValueError, asyncio.run, read(idle))
        self.assertRaises(ValueError, asyncio.run, read_one(idle))

    def test_a_hand_over_ends_an_async_for_and_the_adopted_capture_continues(self):
        async def read(capture):
            return [live.udp_payload(packet) async for packet in capture]

        async def main():
            capture = nflogcap.open(5)
            descriptors = [os.dup(descriptor) for descriptor in capture.descriptors()]
            live.send(910, b"one")
            soon(capture.hand_over)
            self.assertEqual(await read(capture), [b"one"])
            capture.close()
            live.send(910, b"two")
            async with nflogcap.adopt(descriptors) as second:
                soon(second.stop)
                self.assertEqual(await read(second), [b"two"])

        self.with_rule(910, "group 5")
        asyncio.run(main())

    def test_async_with_closes_the_capture(self):
        async def read():
            async with nflogcap.open(5) as capture:
                live.send(908, b"one")
                packet = await capture.next_async(live.LONG)
            self.assertTrue(capture.closed)
            return packet

        self.with_rule(908, "group 5")
        self.assertEqual(live.udp_payload(asyncio.run(read())), b"one")

        async def fail():
            async with nflogcap.open(5):
                raise KeyError("passes through")

        self.assertRaises(KeyError, asyncio.run, fail())
        self.assertEqual(live.bound_groups(), [])

    def test_other_tasks_run_while_one_waits(self):
        async def main():
            waiting = asyncio.ensure_future(capture.next_async())
            for _ in range(10):
                await asyncio.sleep(0.001)
            self.assertFalse(waiting.done())
            live.send(902, b"at last")
            return await asyncio.wait_for(waiting, live.LONG)

        self.with_rule(902, "group 5")
        capture = self.with_capture(5)
        self.assertEqual(live.udp_payload(asyncio.run(main())), b"at last")

    def test_a_timeout_a_wakeup_and_a_stop_end_a_wait(self):
        async def main():
            self.assertIsNone(await capture.next_async(0))
            before = time.monotonic()
            self.assertIsNone(await capture.next_async(0.05))
            self.assertGreaterEqual(time.monotonic() - before, 0.05)
            soon(capture.wakeup)
            self.assertIsNone(await capture.next_async())
            soon(capture.stop)
            with self.assertRaises(EOFError):
                await capture.next_async(live.LONG)

        capture = self.with_capture(5)
        asyncio.run(main())
        with self.assertRaisesRegex(ValueError, "timeout"):
            asyncio.run(capture.next_async(-1))

    def test_close_ends_the_waits_of_all_coroutines(self):
        async def main(close):
            waits = [asyncio.ensure_future(capture.next_async()) for _ in range(5)]
            loop = asyncio.ensure_future(collect(capture))
            await asyncio.sleep(0.01)
            closing = close()
            for wait in waits:
                with self.assertRaises(EOFError):
                    await asyncio.wait_for(wait, live.LONG)
            self.assertEqual(await asyncio.wait_for(loop, live.LONG), [])
            if closing is not None:
                await closing
            nflogcap.open(5).close()
            with self.assertRaisesRegex(ValueError, "the capture is closed"):
                await capture.next_async()

        async def collect(capture):
            return [packet async for packet in capture]

        descriptors = None
        for close in (
            lambda: capture.close(),
            lambda: asyncio.get_running_loop().run_in_executor(None, capture.close),
        ):
            capture = nflogcap.open(5)
            asyncio.run(main(close))
            left = len(os.listdir("/proc/self/fd"))
            self.assertEqual(left, descriptors or left)
            descriptors = left

    def test_other_tasks_run_and_timeouts_fire_while_packets_are_queued(self):
        async def consume(path, take):
            with nflogcap.open(savefile=path) as capture:
                return await take(capture)

        async def by_loop(capture):
            return len([packet async for packet in capture])

        async def by_calls(capture):
            count = 0
            with contextlib.suppress(EOFError):
                while await capture.next_async(0):
                    count += 1
            return count

        async def main(path, take):
            consuming = asyncio.ensure_future(consume(path, take))
            turns = 0
            while not consuming.done():
                turns += 1
                await asyncio.sleep(0)
            self.assertGreater(turns, 3)
            self.assertEqual(await consuming, 100000)
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(consume(path, take), 0.005)

        self.with_rule(907, "group 5")
        capture = self.with_capture(5)
        live.send(907, b"x")
        packet = self.next_of(capture)
        with tempfile.NamedTemporaryFile() as file:
            with nflogcap.dump_open(file.name) as dump:
                for _ in range(100000):
                    dump.write(packet)
            for take in (by_loop, by_calls):
                asyncio.run(main(file.name, take))

    def test_a_packet_wakes_one_of_many_waiting_coroutines(self):
        class Counting:
            looks = 0

            def __init__(self, handle):
                self._handle = handle

            def look(self):
                self.looks += 1
                return self._handle.look()

            def __getattr__(self, name):
                return getattr(self._handle, name)

        async def take(capture):
            async for packet in capture:
                taken.append(live.udp_payload(packet))

        async def main(capture):
            tasks = [asyncio.ensure_future(take(capture)) for _ in range(50)]
            for number in range(20):
                live.send(908, b"%d" % number)
                while len(taken) <= number:
                    await asyncio.sleep(0.001)
            tasks[0].cancel()  # the others continue to wait
            capture.stop()
            await asyncio.wait_for(asyncio.gather(*tasks[1:]), live.LONG)

        self.with_rule(908, "group 5")
        capture = self.with_capture(5, delivery=nflogcap.IMMEDIATE)
        counting = capture._handle = Counting(capture._handle)
        taken = []
        asyncio.run(main(capture))
        self.assertEqual(taken, [b"%d" % number for number in range(20)])
        self.assertLess(counting.looks, 50 + 20 * 4 + 50 * 2)

    def test_close_ends_a_loop_during_its_body(self):
        async def main():
            async for packet in capture:
                capture.close()
            return live.udp_payload(packet)

        self.with_rule(906, "group 5")
        capture = self.with_capture(5)
        live.send(906, b"first", b"second")
        self.assertEqual(asyncio.run(main()), b"first")

    def test_several_coroutines_share_the_packets(self):
        async def take(count):
            return [live.udp_payload(await capture.next_async()) for _ in range(count)]

        async def main():
            tasks = [asyncio.ensure_future(take(25)) for _ in range(4)]
            await asyncio.sleep(0.01)
            for number in range(100):
                live.send(903, b"%d" % number)
                if number % 10 == 0:
                    await asyncio.sleep(0.02)
            return await asyncio.wait_for(asyncio.gather(*tasks), live.LONG)

        self.with_rule(903, "group 5")
        capture = self.with_capture(5)
        taken = [payload for payloads in asyncio.run(main()) for payload in payloads]
        self.assertEqual(sorted(taken, key=int), [b"%d" % number for number in range(100)])

    def test_a_cancelled_wait_takes_no_packet_and_leaves_no_descriptor_open(self):
        async def main():
            descriptors = len(os.listdir("/proc/self/fd"))
            for _ in range(100):
                with self.assertRaises(asyncio.TimeoutError):
                    await asyncio.wait_for(capture.next_async(), 0.0001)
            self.assertEqual(len(os.listdir("/proc/self/fd")), descriptors)
            live.send(904, b"kept")
            return await capture.next_async(live.LONG)

        self.with_rule(904, "group 5")
        capture = self.with_capture(5)
        self.assertEqual(live.udp_payload(asyncio.run(main())), b"kept")

    def test_a_step_of_async_for_takes_a_packet_only_when_it_is_awaited(self):
        async def main():
            packets = capture.__aiter__()
            self.assertIs(packets.__aiter__(), packets)
            packets.__anext__()  # never awaited
            packets.__anext__().close()
            closed = packets.__anext__()
            with self.assertRaisesRegex(ZeroDivisionError, "thrown"):
                closed.throw(ZeroDivisionError("thrown"))
            with self.assertRaisesRegex(RuntimeError, "awaited already"):
                await closed
            step = packets.__anext__()
            self.assertEqual(live.udp_payload(await step), b"first")
            with self.assertRaisesRegex(RuntimeError, "awaited already"):
                await step
            time.sleep(0.02)  # after this time, the next step lets other tasks run first
            step = packets.__anext__()
            self.assertIsNone(step.send(None))
            with self.assertRaises(StopIteration) as end:
                step.send(None)
            self.assertEqual(live.udp_payload(end.exception.value), b"second")
            for _ in range(100):
                with self.assertRaises(asyncio.TimeoutError):
                    await asyncio.wait_for(packets.__anext__(), 0.0001)
            live.send(910, b"third")
            self.assertEqual(live.udp_payload(await packets.__anext__()), b"third")
            capture.stop()
            with self.assertRaises(StopAsyncIteration):
                await packets.__anext__()

        self.with_rule(910, "group 5")
        capture = self.with_capture(5)
        live.send(910, b"first", b"second")
        live.await_kernel_delivery()
        asyncio.run(main())

    def test_a_wakeup_before_or_during_an_async_for_ends_it(self):
        async def read(body=lambda: None):
            taken = []
            async for packet in capture:
                taken.append(live.udp_payload(packet))
                body()
            return taken

        self.with_rule(911, "group 5")
        capture = self.with_capture(5)
        capture.wakeup()
        self.assertEqual(asyncio.run(read()), [])
        live.send(911, b"one")
        live.await_kernel_delivery()
        self.assertEqual(asyncio.run(read(capture.wakeup)), [b"one"])

        async def read_with_wakeup_later():
            soon(capture.wakeup)
            return await read()

        self.assertEqual(asyncio.run(read_with_wakeup_later()), [])

    def test_async_for_raises_the_error_of_a_damaged_savefile(self):
        async def read(path):
            with nflogcap.open(savefile=path) as capture:
                async for packet in capture:
                    taken.append(packet)

        self.with_rule(912, "group 5")
        capture = self.with_capture(5)
        live.send(912, b"whole")
        taken = []
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "cut.pcap")
            with nflogcap.dump_open(path) as dump:
                packet = self.next_of(capture)
                dump.write(packet)
                dump.write(packet)
            os.truncate(path, os.path.getsize(path) - 1)
            with self.assertRaises(OSError) as failure:
                asyncio.run(read(path))
        self.assertEqual(failure.exception.errno, errno.EBADMSG)
        self.assertEqual(taken, [packet])

    def test_closing_the_event_loop_during_a_wait_leaves_no_group_bound(self):
        async def wait(capture):
            async for packet in capture:
                self.fail(packet)

        def leave_one_waiting():
            loop = asyncio.new_event_loop()
            task = loop.create_task(wait(nflogcap.open(5)))
            loop.run_until_complete(asyncio.wait([task], timeout=0.01))
            loop.close()

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # the capture is dropped while it is open
            with self.assertLogs("asyncio", "ERROR"):  # "Task was destroyed but it is pending!"
                leave_one_waiting()
                gc.collect()
        self.assertEqual(live.bound_groups(), [])

    def test_a_step_can_be_awaited_only_once(self):
        async def main():
            step = capture.__aiter__().__anext__()

            async def wait():
                return live.udp_payload(await step)

            first = asyncio.ensure_future(wait())
            await asyncio.sleep(0)
            with self.assertRaisesRegex(RuntimeError, "being awaited already"):
                await step
            live.send(913, b"for the first")
            self.assertEqual(await first, b"for the first")
            for thrown in ((ValueError,), (ValueError, "words"), (ValueError("words"), None, None)):
                with self.assertRaises(ValueError):
                    capture.__aiter__().__anext__().throw(*thrown)
            for thrown in ((5,), (ValueError("words"), "others")):
                with self.assertRaises(TypeError):
                    capture.__aiter__().__anext__().throw(*thrown)

        self.with_rule(913, "group 5")
        capture = self.with_capture(5)
        asyncio.run(main())

    def test_an_error_in_the_loop_does_not_change_the_capture(self):
        async def main():
            async for packet in capture:
                raise ZeroDivisionError(live.udp_payload(packet))

        self.with_rule(905, "group 5")
        capture = self.with_capture(5)
        live.send(905, b"first", b"second")
        with self.assertRaisesRegex(ZeroDivisionError, "first"):
            asyncio.run(main())
        self.assertEqual(live.udp_payload(self.next_of(capture)), b"second")


if __name__ == "__main__":
    unittest.main()
