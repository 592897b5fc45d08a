"""Starts other processes from a server that is busy with gRPC.

An event loop's own way (``asyncio.create_subprocess_exec`` under uvloop) forks: the child runs
the fork handlers of gRPC and Python with none of the threads that they count on, and one in seven
died of it (SIGSEGV) before it became the other program. ``subprocess`` starts it without: vfork.
"""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its exit code, negative for a signal, and what it printed."""

    code: int
    output: bytes
    errors: bytes


async def start(arguments: Sequence[str], *, stdin: int, stdout: int) -> subprocess.Popen[bytes]:
    """Start it, with ``subprocess.PIPE`` or a descriptor; what it says of errors is dropped."""
    return await asyncio.to_thread(
        subprocess.Popen,
        arguments,
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        bufsize=0,
    )


async def run(
    arguments: Sequence[str], given: bytes, *, timeout_s: float, most_output: int
) -> Ended:
    """Run it to its end with ``given`` as its input; at most ``most_output`` bytes are read.

    Killed when the time is up (``TimeoutError``) or the caller is cancelled.
    """
    with (
        tempfile.TemporaryFile() as source,
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as errors,
    ):
        source.write(given)
        source.seek(0)
        process = await asyncio.to_thread(
            subprocess.Popen, arguments, stdin=source, stdout=output, stderr=errors
        )
        async with asyncio.timeout(timeout_s):
            code = await end_of(process)
        output.seek(0)
        errors.seek(0)
        return Ended(code, output.read(most_output), errors.read(most_output))


async def end_of(process: subprocess.Popen[bytes]) -> int:
    """The exit code, once it has ended; it is killed if the caller is cancelled."""
    try:
        while (code := process.poll()) is None:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(_EVERY_S)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    return code
