# SPDX-License-Identifier: GPL-2.0-or-later
"""Waiting on a descriptor in asyncio's event loop."""

import asyncio
import os
from typing import Dict, Optional


class Readable:
    """Lets any number of coroutines wait until a descriptor is readable, or until release() is
    called. At any one time they must belong to one event loop.

    When the descriptor becomes readable, the coroutine that has waited longest wakes. When it
    has taken its packet, the descriptor is watched again for the others: a packet wakes one
    coroutine.
    """

    def __init__(self) -> None:
        self._waiters: Dict["asyncio.Future[None]", None] = {}  # in the order in which they arrived
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._watched = -1

    async def wait(self, fd: int, timeout: Optional[float]) -> None:
        """Waits up to `timeout` seconds; None: for ever."""
        loop = asyncio.get_running_loop()
        if self._waiters and self._loop is not loop:
            raise RuntimeError("a coroutine of another event loop waits for this capture already")
        self._loop = loop
        future = loop.create_future()
        self._waiters[future] = None
        timer = None if timeout is None else loop.call_later(timeout, _settle, future)
        try:
            if self._watched < 0:
                # Duplicates the descriptor, because the descriptor itself may be closed meanwhile,
                # and its number used for another file.
                self._watched = os.dup(fd)
                self._watch(loop)
            await future
        finally:
            if timer is not None:
                timer.cancel()
            del self._waiters[future]
            if self._waiters:
                self._watch(loop)
            else:
                loop.remove_reader(self._watched)
                os.close(self._watched)
                self._watched = -1

    def release(self) -> None:
        """Ends all waits. Any thread may call it."""
        for future in list(self._waiters):
            try:
                future.get_loop().call_soon_threadsafe(_settle, future)
            except RuntimeError:
                pass  # the loop is closed: nothing waits any more

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.add_reader(self._watched, self._wake_one, loop)

    def _wake_one(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.remove_reader(self._watched)
        for future in self._waiters:
            if not future.done():
                future.set_result(None)
                return


def _settle(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
