"""A TCP proxy that misbehaves on request: in front of a real server, for fault tests."""

from __future__ import annotations

import asyncio
import contextlib
import random
from enum import StrEnum
from urllib.parse import urlsplit


class Fault(StrEnum):
    """What the network, or the server behind it, does."""

    NONE = "none"
    CLOSED = "closed"
    """Connections are cut, new ones refused."""
    BLACK_HOLE = "black_hole"
    """Everything is accepted and nothing comes back."""
    SLOW = "slow"
    """Each answer comes a second late."""
    GARBAGE = "garbage"
    """Random bytes instead of answers."""
    CUT = "cut"
    """The first bytes of an answer, then the end of the connection."""
    HTTP = "http"
    """Another protocol answers."""


_LATE_S = 1.0
_CHUNK = 65536


class FaultProxy:
    """Listens on a port of its own. ``connections`` counts those taken so far."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "", parts.port or 7687)
        self._fault = Fault.NONE
        self._server: asyncio.Server | None = None
        self._port = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._random = random.Random(7)
        self.connections = 0

    @property
    def uri(self) -> str:
        """Where clients connect."""
        return f"bolt://127.0.0.1:{self._port}"

    async def start(self, fault: Fault = Fault.NONE) -> None:
        """Take a free port."""
        await self._listen()
        await self.set(fault)

    async def set(self, fault: Fault) -> None:
        """From now on, also for connections that are open."""
        self._fault = fault
        if fault is Fault.CLOSED:
            await self._close()
        elif self._server is None:
            await self._listen()

    async def stop(self) -> None:
        """Close everything."""
        await self._close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._writers:
            # A reset and no end in order, as after a crash.
            writer.transport.abort()
        self._writers.clear()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._writers.add(writer)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            there = await asyncio.open_connection(*self._target)
            self._writers.add(there[1])
            await asyncio.gather(self._forward(reader, there[1]), self._answer(there[0], writer))

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_CHUNK):
            if self._fault is not Fault.BLACK_HOLE:
                writer.write(data)
                await writer.drain()
        writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_CHUNK):
            match self._fault:
                case Fault.BLACK_HOLE:
                    continue
                case Fault.SLOW:
                    await asyncio.sleep(_LATE_S)
                case Fault.GARBAGE:
                    data = self._random.randbytes(len(data))
                case Fault.HTTP:
                    data = b"HTTP/1.1 400 Bad Request\r\n\r\n"
                case Fault.CUT:
                    writer.write(data[: len(data) // 2])
                    await writer.drain()
                    writer.transport.abort()
                    return
                case _:
                    pass
            writer.write(data)
            await writer.drain()
        writer.transport.abort()
