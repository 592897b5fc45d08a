"""From lines to the ledger: in batches, each event once, whatever was loaded before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Protocol

from engine.codec import encode, encode_event
from engine.ledger import NewRecord, RecordRef
from engine.load.columns import Layout
from engine.load.convert import Converter
from engine.load.files import Source
from engine.load.grouping import groups
from engine.load.problems import Problem, Rejects
from graph.model import ApplicationProjected, GraphEvent

KIND = "graph_load"
"""The ledger's kind of a record that holds loaded events."""

CALLER = "graph-load"
_BATCH = 1000
_ABOUT_BYTES = 16
_CONTENT_BYTES = 8


class Target(Protocol):
    """The ledger, as far as a load needs it."""

    async def append(self, record: NewRecord) -> RecordRef:
        """Return once it is durable."""
        ...

    async def loaded(self, about: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Of these digests of what an event is about, those loaded, with the content's."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRecord:
    """What the ledger keeps of a batch beside its events: which lines they come from."""

    file: str
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """Lines: ``recorded`` now, ``known`` from before, ``rejected``."""

    recorded: int
    known: int
    rejected: int


class _Item(NamedTuple):
    line: int
    lines: int
    event: GraphEvent
    about: bytes
    content: bytes


class Loader:
    """Loads one file after another. ``at_us`` is the time of the ledger's records.

    With ``dry`` nothing is recorded.
    """

    def __init__(
        self,
        target: Target,
        converter: Converter,
        rejects: Rejects,
        *,
        at_us: int,
        dry: bool = False,
    ) -> None:
        self._target = target
        self._converter = converter
        self._rejects = rejects
        self._at_us = at_us
        self._dry = dry
        self._recorded = 0
        self._known = 0

    @property
    def report(self) -> LoadReport:
        """Of all files so far."""
        return LoadReport(recorded=self._recorded, known=self._known, rejected=self._rejects.lines)

    async def load(
        self, source: Source, layout: Layout, progress: Callable[[int], None] = lambda _: None
    ) -> None:
        """One file. Raises ``TooManyRejects``, ``FileError`` and what the ledger raises; what was
        recorded until then stays, and is known the next time.
        """
        batch: list[_Item] = []
        lines = source.lines(progress)
        for group in groups(source.name, layout, lines, self._converter):
            if isinstance(group.found, list):
                self._rejects.add(group.found, group.lines)
                continue
            batch.append(_Item(group.first, group.lines, group.found, *_digests(group.found)))
            if len(batch) == _BATCH:
                await self._record(source.name, batch)
                batch = []
        await self._record(source.name, batch)

    async def _record(self, file: str, batch: Sequence[_Item]) -> None:
        fresh = await self._fresh(file, batch)
        if fresh and not self._dry:
            await self._target.append(_new_record(file, fresh, self._at_us))
        self._recorded += sum(item.lines for item in fresh)

    async def _fresh(self, file: str, batch: Sequence[_Item]) -> list[_Item]:
        """Those that are not recorded yet, nor earlier in the batch."""
        known = dict(await self._target.loaded([item.about for item in batch]))
        fresh: list[_Item] = []
        for item in batch:
            before = known.get(item.about)
            if before is None:
                known[item.about] = item.content
                fresh.append(item)
            elif before == item.content:
                self._known += item.lines
            else:
                told = "the application was loaded before, with other content"
                self._rejects.add([Problem(file, item.line, "", told)], item.lines)
        return fresh


def _digests(event: GraphEvent) -> tuple[bytes, bytes]:
    """What the event is about, and its content. There is one event about an application."""
    kind, body = encode_event(event)
    content = sha256(kind.encode() + b"\0" + body)
    if isinstance(event, ApplicationProjected):
        about = sha256(b"applicant\0" + event.applicant.encode())
    else:
        about = content
    return about.digest()[:_ABOUT_BYTES], content.digest()[:_CONTENT_BYTES]


def _new_record(file: str, fresh: Sequence[_Item], at_us: int) -> NewRecord:
    """The same events make the same record, so that a repetition is one."""
    fingerprint = sha256(b"".join(item.about + item.content for item in fresh))
    name = fingerprint.hexdigest()[:32]
    return NewRecord(
        caller=CALLER,
        request_id=name,
        fingerprint=fingerprint.digest(),
        decision_id=f"load_{name}",
        subject=CALLER,
        kind=KIND,
        at_us=at_us,
        body=encode(
            LoadRecord(file=Path(file).name, first_line=fresh[0].line, last_line=fresh[-1].line)
        ),
        answer=b"",
        graph_events=tuple(item.event for item in fresh),
        loaded=tuple((item.about, item.content) for item in fresh),
    )
