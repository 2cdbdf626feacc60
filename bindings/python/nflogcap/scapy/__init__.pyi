# SPDX-License-Identifier: GPL-2.0-or-later
"""The types of the scapy listener; scapy itself need not have types."""

from typing import Any, ClassVar, Iterable, Mapping, Optional, Tuple, Union

from nflogcap.capture import Capture
from nflogcap.stats import Stats

class NFLOGListenSocket:
    desc: ClassVar[str]
    queues: ClassVar[Union[int, Iterable[int]]]
    closed: bool
    iface: Any  # a name, or scapy's NetworkInterface
    capture: Capture
    def __init__(
        self,
        iface: Any = ...,
        type: int = ...,
        promisc: Optional[bool] = ...,
        filter: Optional[str] = ...,
        nofilter: int = ...,
        queues: Union[int, Iterable[int], None] = ...,
        nflog_kwargs: Optional[Mapping[str, Any]] = ...,
        *,
        monitor: Any = ...,
    ) -> None: ...
    @property
    def stats(self) -> Stats: ...
    def fileno(self) -> int: ...
    def recv_raw(self, x: int = ...) -> Tuple[Any, Optional[bytes], Optional[float]]: ...
    def recv(self, x: int = ..., **kwargs: Any) -> Any: ...
    def send(self, x: Any) -> int: ...
    def close(self) -> None: ...

def install_nflog_listener(
    queues: Union[int, Iterable[int], None] = ..., **nflog_kwargs: Any
) -> None: ...
