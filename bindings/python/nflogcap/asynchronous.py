# SPDX-License-Identifier: GPL-2.0-or-later
"""Waiting on a descriptor in asyncio's event loop."""

import asyncio
import os
from typing import List, Optional


class Readable:
    """Lets any number of coroutines of one event loop at a time wait until a
    descriptor is readable, or somebody calls release()."""

    def __init__(self) -> None:
        self._waiters: List["asyncio.Future[None]"] = []
        self._loop: Optional[asyncio.AbstractEventLoop] = None

    async def wait(self, fd: int, timeout: Optional[float]) -> None:
        """Waits up to `timeout` seconds, None: for ever."""
        loop = asyncio.get_running_loop()
        if self._waiters and self._loop is not loop:
            raise RuntimeError("a coroutine of another event loop waits for this capture already")
        # A duplicate, since the descriptor itself may be closed meanwhile, and its number used again.
        duplicate = os.dup(fd)
        future = loop.create_future()
        self._loop = loop
        self._waiters.append(future)
        try:
            loop.add_reader(duplicate, _settle, future)
            await asyncio.wait({future}, timeout=timeout)
        finally:
            self._waiters.remove(future)
            loop.remove_reader(duplicate)
            os.close(duplicate)
            future.cancel()

    def release(self) -> None:
        """Ends all waits; from any thread."""
        for future in list(self._waiters):
            try:
                future.get_loop().call_soon_threadsafe(_settle, future)
            except RuntimeError:
                pass  # the loop is closed: nobody waits any more


def _settle(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
