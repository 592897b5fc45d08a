"""The parts of a source through one worker, or through one in each of many processes."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol, TypeVar

from engine.errors import PolicyError
from engine.simulate.sources import Part

Plan = TypeVar("Plan")
Found = TypeVar("Found")
Found_co = TypeVar("Found_co", covariant=True)


class Worker(Protocol[Found_co]):
    """Works on parts, one after the other."""

    def run(self, part: Part) -> Found_co:
        """What there is in one part."""
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


def in_parts(
    begin: Callable[[Plan], Worker[Found]], plan: Plan, parts: Sequence[Part], processes: int
) -> Iterator[Found]:
    """What was found in each part, in order. ``begin`` and ``plan`` are sent to the processes.

    Raises ``PolicyError`` if a process died.
    """
    if processes <= 1 or len(parts) <= 1:
        worker = begin(plan)
        try:
            yield from map(worker.run, parts)
        finally:
            worker.close()
        return
    # Not forked: the native libraries in it do not survive a fork.
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(min(processes, len(parts)), context, _begin, (begin, plan))
    try:
        yield from executor.map(_run, parts)
    except BrokenProcessPool:
        raise PolicyError("a process that read the ledger ended: out of memory?") from None
    finally:
        executor.shutdown(cancel_futures=True)


_worker: list[Worker[Any]] = []
"""The one of this process, set when it begins."""


def _begin(begin: Callable[[Plan], Worker[Any]], plan: Plan) -> None:
    # Ctrl-C is for the parent, which ends its processes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker[:] = [begin(plan)]


def _run(part: Part) -> Any:  # noqa: ANN401 - what the worker finds
    return _worker[0].run(part)
