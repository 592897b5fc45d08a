"""Decisions per second and latency of ``Decide``, beside an empty gRPC handler in the same run.

make bench
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

import grpc
from rich.console import Console
from rich.table import Table

from client_examples.applications import Person, application, clean_bureau
from client_examples.local_server import local_server
from tests.bench.stages import stage_table
from tests.raw_calls import RawCall
from touchstone.v1 import decision_pb2 as pb

_EMPTY = "/touchstone.bench.Empty/Call"
_DECIDE = "/touchstone.v1.DecisionService/Decide"


def _empty_server(ready: Connection) -> None:
    """A grpc.aio server on uvloop whose only handler returns its request."""
    import uvloop

    async def serve() -> None:
        async def call(request: bytes, _context: object) -> bytes:
            return request

        server = grpc.aio.server()
        handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
            "Call": grpc.unary_unary_rpc_method_handler(call)
        }
        server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler("touchstone.bench.Empty", handlers),)
        )
        ready.send(server.add_insecure_port("127.0.0.1:0"))
        await server.start()
        await server.wait_for_termination()

    uvloop.run(serve())


@contextmanager
def empty_server() -> Iterator[str]:
    """The address of an empty handler in a process of its own."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_empty_server, args=(sender,), daemon=True)
    process.start()
    try:
        yield f"127.0.0.1:{receiver.recv()}"
    finally:
        process.terminate()
        process.join()


async def measure(
    address: str, method: str, body: Callable[[int], bytes], *, calls: int, in_flight: int
) -> tuple[float, list[float], list[bytes]]:
    """Calls per second, latencies in milliseconds (sorted) and the answers."""
    latencies: list[float] = []
    answers: list[bytes] = []
    numbers = iter(range(calls))
    async with grpc.aio.insecure_channel(address) as channel:
        call: RawCall = channel.unary_unary(method)
        await call(body(-1))

        async def worker() -> None:
            for number in numbers:
                request = body(number)
                start = time.perf_counter()
                answers.append(await call(request))
                latencies.append((time.perf_counter() - start) * 1000)

        start = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(in_flight)))
        spent = time.perf_counter() - start
    return calls / spent, sorted(latencies), answers


def _requests(run: str, count: int) -> Callable[[int], bytes]:
    """Ordinary applicants; one in ten shares a device with a few others."""

    def one(number: int) -> bytes:
        device = f"{run}-shared-{number // 40}" if number % 10 == 0 else ""
        message = application(
            Person(number=number % 100_000_000, device=device),
            bureau=clean_bureau(),
            monthly_income=15_000,
            expected_limit=30_000,
        )
        return pb.DecideRequest(
            request_id=f"bench:{run}:{number}", application=message
        ).SerializeToString()

    prepared = [one(number) for number in range(count)]
    warm = one(99_999_999)
    return lambda number: warm if number < 0 else prepared[number]


def _at(latencies: list[float], share: float) -> float:
    return latencies[min(len(latencies) - 1, int(len(latencies) * share))]


def _row(table: Table, name: str, rate: float, latencies: list[float], empty_rate: float) -> None:
    table.add_row(
        name,
        f"{rate:,.0f}",
        f"{_at(latencies, 0.5):.2f}",
        f"{_at(latencies, 0.99):.2f}",
        f"{rate / empty_rate:.2f}",
    )


def _stages(answers: list[bytes]) -> Table:
    """Wall time by step, from the decisions themselves."""
    spent: dict[str, list[float]] = defaultdict(list)
    for answer in answers:
        for timing in pb.DecideResponse.FromString(answer).decision.trace.timings:
            spent[timing.step].append(timing.micros / 1000)
    table = Table(title="Time by step, 1 in flight, ms", title_justify="left")
    for heading in ("step", "p50", "p99"):
        table.add_column(heading, justify="right")
    for step, values in spent.items():
        values.sort()
        table.add_row(step, f"{_at(values, 0.5):.2f}", f"{_at(values, 0.99):.2f}")
    return table


def main() -> None:
    """Print throughput, latency, the ratio to an empty handler, and time by step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--calls", type=int, default=2000)
    calls = parser.parse_args().calls
    console = Console(width=100)
    table = Table(title=f"{calls} calls each, one run", title_justify="left")
    for heading in ("what", "calls/s", "p50 ms", "p99 ms", "rate : empty handler"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    with empty_server() as empty, local_server() as server:
        stages = Table()
        for in_flight in (1, 8, 32):
            run = f"{time.time_ns()}-{in_flight}"
            body = _requests(run, calls)
            empty_rate, empty_ms, _ = asyncio.run(
                measure(empty, _EMPTY, body, calls=calls, in_flight=in_flight)
            )
            rate, latencies, answers = asyncio.run(
                measure(server.address, _DECIDE, body, calls=calls, in_flight=in_flight)
            )
            _row(table, f"empty handler, {in_flight} in flight", empty_rate, empty_ms, empty_rate)
            _row(table, f"Decide, {in_flight} in flight", rate, latencies, empty_rate)
            if in_flight == 1:
                stages = _stages(answers)
    console.print(table)
    console.print(stages)
    console.print(stage_table())


if __name__ == "__main__":
    main()
