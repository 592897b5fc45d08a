"""Processes started beside a busy gRPC server, and their bounds."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import Any

import grpc
import pytest
import uvloop
from grpc import aio

from engine.lifecycle.processes import run


async def _starts_beside_grpc(times: int) -> set[int]:
    """Exit codes of so many short processes while calls are under way."""
    server = aio.server()
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call: Any = channel.unary_unary("/none/None")

        async def calls() -> None:
            while True:
                with contextlib.suppress(grpc.RpcError):
                    await call(b"")

        noise = [asyncio.create_task(calls()) for _ in range(4)]
        codes = {
            (await run(("true",), b"", timeout_s=30, most_output=1)).code for _ in range(times)
        }
        for task in noise:
            task.cancel()
        await asyncio.gather(*noise, return_exceptions=True)
    await server.stop(None)
    return codes


def test_no_process_dies_because_grpc_is_busy() -> None:
    """An event loop that forks loses one in seven."""
    assert uvloop.run(_starts_beside_grpc(200)) == {0}


async def test_what_it_is_given_and_what_it_prints() -> None:
    """Both ends are whole, up to the bound."""
    script = "import sys; sys.stderr.write('e' * 9); print(sys.stdin.read().upper()); sys.exit(3)"

    ended = await run((sys.executable, "-c", script), b"given", timeout_s=30, most_output=4)

    assert (ended.code, ended.output, ended.errors) == (3, b"GIVE", b"eeee")


async def test_a_process_that_takes_too_long_is_killed() -> None:
    """The wait is bounded, and nothing is left behind."""
    with pytest.raises(TimeoutError):
        await run(("sleep", "60"), b"", timeout_s=0.2, most_output=1)
