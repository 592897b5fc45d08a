"""Writing a generated stream into a directory, whole or not at all.

``requests.jsonl``: a ``DecideRequest`` in the proto's JSON on each line. For bulk loading of the
graph instead ``links`` (an application's identifier on each row) and ``marks``, as CSV or Parquet.
``truth.csv`` and ``manifest.json`` stand beside either.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TextIO

from engine.generate.events import application_event
from engine.generate.plan import GENERATOR_VERSION, Settings
from engine.generate.rows import LINKS, MARKS, CsvRows, ParquetRows, link_rows, mark_row
from engine.generate.stream import Generated, generate
from engine.generate.wire import as_json
from engine.privacy import Keyring, Tokeniser

Progress = Callable[[int], None]
REQUESTS, TRUTH, MANIFEST = "requests.jsonl", "truth.csv", "manifest.json"
TRUTH_COLUMNS = (
    "request_id",
    "submitted_at_us",
    "person",
    "fraud",
    "ring",
    "typology",
    "known_at_us",
    "group",
    "group_kind",
)


class Target(StrEnum):
    """What is written."""

    REQUESTS = "requests"
    CSV = "csv"
    PARQUET = "parquet"


class _Sink(Protocol):
    def add(self, item: Generated) -> None: ...


def write(
    out: Path,
    settings: Settings,
    target: Target = Target.REQUESTS,
    *,
    keys: Path | None = None,
    progress: Progress = lambda _: None,
) -> list[Path]:
    """Write everything to the new directory ``out``; the files written.

    ``keys``: a server's directory of keys; without it tokens are made with a key of zeros, which
    keeps nothing secret, as there is nothing to keep. Raises ``FileExistsError``, ``OSError``,
    ``KeyringError``.
    """
    if out.exists():
        raise FileExistsError(out)
    token_key = Keyring.open(keys, ledger_exists=True).token_key if keys else bytes(32)
    draft = out.with_name(f"{out.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        _write_all(draft, settings, target, Tokeniser(token_key), progress)
        draft.replace(out)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return sorted(out.iterdir())


def _write_all(
    draft: Path, settings: Settings, target: Target, tokens: Tokeniser, progress: Progress
) -> None:
    with (
        (draft / TRUTH).open("w", encoding="utf-8", newline="") as truth,
        _opened(draft, target, tokens) as sink,
    ):
        rows = _Truth(truth)
        for done, item in enumerate(generate(settings), start=1):
            sink.add(item)
            rows.add(item)
            progress(done)
    told = {"generator_version": GENERATOR_VERSION, "format": target.value, **asdict(settings)}
    told |= {"first": settings.first.isoformat(), "rings": settings.ring_count}
    (draft / MANIFEST).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


@contextmanager
def _opened(draft: Path, target: Target, tokens: Tokeniser) -> Iterator[_Sink]:
    if target is Target.REQUESTS:
        with (draft / REQUESTS).open("wb") as lines:
            yield _Requests(lines.write)
        return
    rows = CsvRows if target is Target.CSV else ParquetRows
    with rows(draft, "links", LINKS) as links, rows(draft, "marks", MARKS) as marks:
        yield _Graph(links.add, marks.add, tokens)


class _Requests:
    def __init__(self, write_line: Callable[[bytes], object]) -> None:
        self._write = write_line

    def add(self, item: Generated) -> None:
        self._write(as_json(item.request) + b"\n")


class _Graph:
    def __init__(
        self,
        add_link: Callable[[tuple[object, ...]], None],
        add_mark: Callable[[tuple[object, ...]], None],
        tokens: Tokeniser,
    ) -> None:
        self._add_link, self._add_mark, self._tokens = add_link, add_mark, tokens

    def add(self, item: Generated) -> None:
        for row in link_rows(application_event(item, self._tokens)):
            self._add_link(row)
        if item.truth.known_at_us is not None:
            self._add_mark(mark_row(item))


class _Truth:
    def __init__(self, file: TextIO) -> None:
        self._rows = csv.writer(file, lineterminator="\n")
        self._rows.writerow(TRUTH_COLUMNS)

    def add(self, item: Generated) -> None:
        truth = item.truth
        self._rows.writerow(
            (
                item.request.request_id,
                item.at_us,
                truth.person,
                int(truth.fraud),
                truth.ring,
                truth.typology,
                "" if truth.known_at_us is None else truth.known_at_us,
                truth.group,
                truth.group_kind,
            )
        )
