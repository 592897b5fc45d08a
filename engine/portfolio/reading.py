"""A Parquet file of accounts, read and assessed batch by batch, in one process or in several.

Only what the choice needs is kept of each batch, so that memory grows with the number of accounts
and not with the columns of the file.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from engine.portfolio.accounts import RowFault, read_accounts, schema_faults
from engine.portfolio.assess import Assessed, assess
from engine.portfolio.columns import DIMENSIONS, Column
from engine.portfolio.errors import ReviewRefused
from engine.portfolio.exact import Ints
from engine.portfolio.loading import Loaded, load_review

BATCH = 10_000
#: Accounts that a process must have to rate: as many take about as long as its start.
EACH = 150_000
#: A review holds some 1,500 bytes of each account.
MAX_ACCOUNTS = 5_000_000
#: Batches on their way for each process: a slow writer of results must not fill the memory.
_AHEAD = 2
TEXTS = ("account_id", "customer_id", "group_id", *DIMENSIONS)

Progress = Callable[[int, int], None]
"""Told the accounts that are done, and all accounts."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What is kept of a batch. ``texts``: null where unknown; ``numbers``: rows in the file."""

    numbers: Ints
    texts: Mapping[str, pa.Array]
    balance: Ints
    assessed: Assessed
    faults: Sequence[RowFault]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose columns are in order. ``ignored``: its columns that nothing reads."""

    path: Path
    rows: int
    columns: tuple[Column, ...]
    ignored: tuple[str, ...]
    absent: tuple[str, ...]


def open_accounts(path: Path, loaded: Loaded) -> Opened:
    """Check the columns of a file; ``ReviewRefused`` with all that is wrong."""
    try:
        file = parquet.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise ReviewRefused(f"{path}: cannot be read as Parquet: {_first_line(error)}") from None
    with file:
        columns = (*loaded.policy.columns, *loaded.rater.columns)
        faults = list(schema_faults(file.schema_arrow, columns))
        rows = file.metadata.num_rows
        there = set(file.schema_arrow.names)
    if rows > MAX_ACCOUNTS:
        faults.append(f"has {rows:,} rows, more than {MAX_ACCOUNTS:,}: split it")
    if not rows:
        faults.append("has no accounts")
    if faults:
        raise ReviewRefused("\n".join(f"{path}: {fault}" for fault in faults))
    names = {column.name for column in columns}
    return Opened(
        path=path,
        rows=rows,
        columns=columns,
        ignored=tuple(sorted(there - names)),
        absent=tuple(column.name for column in columns if column.name not in there),
    )


def digest_of(path: Path) -> str:
    """SHA-256 of the file, read in pieces."""
    total = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            total.update(piece)
    return total.hexdigest()


def batches(
    opened: Opened, policy: Path, loaded: Loaded, processes: int, progress: Progress
) -> Iterator[Batch]:
    """Every batch, in the order of the file. Raises ``ReviewRefused`` if a process ends."""
    done = 0
    for batch in _assessed(opened, policy, loaded, processes):
        done += len(batch.numbers) + len({fault.row for fault in batch.faults})
        progress(min(done, opened.rows), opened.rows)
        yield batch


def _assessed(opened: Opened, policy: Path, loaded: Loaded, processes: int) -> Iterator[Batch]:
    processes = min(processes, opened.rows // EACH)
    if processes <= 1:
        for first, batch in _read(opened):
            yield _assess(loaded, opened.columns, first, batch)
        return
    # Not forked: the native libraries in it do not survive a fork.
    context = multiprocessing.get_context("spawn")
    given = (policy, opened.columns, loaded.bundle.digest)
    executor = ProcessPoolExecutor(processes, context, _begin, given)
    waiting: deque[Future[Batch]] = deque()
    try:
        for first, batch in _read(opened):
            waiting.append(executor.submit(_run, first, batch))
            if len(waiting) >= _AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise ReviewRefused("a process of the review ended: out of memory?") from None
    finally:
        executor.shutdown(cancel_futures=True)


def _read(opened: Opened) -> Iterator[tuple[int, pa.RecordBatch]]:
    wanted = [column.name for column in opened.columns if column.name not in opened.absent]
    first = 0
    try:
        with parquet.ParquetFile(opened.path) as file:
            for batch in file.iter_batches(BATCH, columns=wanted, use_threads=False):
                yield first, batch
                first += batch.num_rows
    except (OSError, pa.ArrowException) as error:
        told = f"{opened.path}: after row {first}: cannot be read: {_first_line(error)}"
        raise ReviewRefused(told) from None


def _assess(loaded: Loaded, columns: Sequence[Column], first: int, batch: pa.RecordBatch) -> Batch:
    accounts, faults = read_accounts(batch, columns, first, tuple(loaded.products))
    texts = {
        name: pa.array(accounts.columns[name].data, pa.string(), mask=~accounts.columns[name].known)
        for name in TEXTS
    }
    balance = accounts.columns["balance_minor"].data
    return Batch(accounts.numbers, texts, balance, assess(loaded, accounts), faults)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


_worker: list[tuple[Loaded, tuple[Column, ...]]] = []
"""The policy and columns of this process, set when it begins."""


def _begin(policy: Path, columns: tuple[Column, ...], digest: str) -> None:
    # Ctrl-C is for the parent, which ends its processes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    loaded = load_review(policy)
    if loaded.bundle.digest != digest:
        raise ReviewRefused(f"{policy}: was changed while the review ran")
    _worker[:] = [(loaded, columns)]


def _run(first: int, batch: pa.RecordBatch) -> Batch:
    loaded, columns = _worker[0]
    return _assess(loaded, columns, first, batch)
