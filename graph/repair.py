"""The whole graph against the ledger, in pages: what differs is told, and mended if asked.

Nobody may write meanwhile. First applicants with their links, then identifiers, whose degree and
hub are counted from them. Interrupted, it leaves what it has mended, and is begun again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.apply import Touched
from graph.audit import Finding, Mending, audit_applicants, audit_identifiers, stored_of
from graph.catch_up import Events
from graph.expiry import Cutoffs
from graph.rows import Record
from graph.settings import GraphSettings
from graph.truth import TrueIdentifier, Truth
from graph.upkeep import Steps, UpkeepStore
from graph.written import project_parameters, remove_parameters

_READ = 2000
_TIMEOUT_S = 300.0
# Neither key of ours begins with it: the end of every range.
_LAST = "\U0010ffff"
_SHOWN = 5

Progress = Callable[[str, int], None]
"""What is being done, and how many keys or positions of it are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairSettings:
    """``page``: keys compared in one step. ``strangers``: unknown keys looked at in one."""

    page: int = 500
    strangers: int = 5000


@dataclass(slots=True)
class RepairReport:
    """What was compared and found. ``first``: a few findings of each sort. ``is_mended``: whether
    the graph is in order now.
    """

    applicants: int = 0
    identifiers: int = 0
    found: Counter[str] = field(default_factory=Counter)
    first: list[Finding] = field(default_factory=list)
    is_mended: bool = True

    def note(self, findings: Sequence[Finding], *, mended: bool) -> None:
        """Findings of one page."""
        for finding in findings:
            self.found[finding.what] += 1
            if self.found[finding.what] <= _SHOWN:
                self.first.append(finding)
        if findings and not mended:
            self.is_mended = False


class Repair:
    """One comparison. ``truth`` is empty; ``cutoffs``: what may have been let go by its age."""

    def __init__(
        self,
        store: UpkeepStore,
        truth: Truth,
        cutoffs: Cutoffs,
        bounds: GraphSettings,
        *,
        mend: bool,
        settings: RepairSettings | None = None,
        progress: Progress = lambda _what, _done: None,
    ) -> None:
        self._store = store
        self._truth = truth
        self._cutoffs = cutoffs
        self._bounds = bounds
        self._mend = mend
        self._settings = settings or RepairSettings()
        self._progress = progress
        self._position = 0
        self.report = RepairReport()

    async def run(self, events: Events) -> RepairReport:
        """Compare everything up to the position of the graph. Raises what store and ledger do."""
        self._position = await self._store.position(timeout_s=_TIMEOUT_S)
        await self._learn(events)
        await self._page("applicants", self._truth.applicant_keys, self._applicants)
        await self._page("identifiers", self._truth.identifier_keys, self._identifiers)
        return self.report

    async def _learn(self, events: Events) -> None:
        position = 0
        while position < self._position:
            most = min(_READ, self._position - position)
            batch = await events.read_after(position, most)
            if not batch:
                break
            self._truth.add(event for place, event in batch if place <= self._position)
            position = batch[-1][0]
            self._progress("reading the ledger", position)
        self._truth.finish()

    async def _page(
        self,
        what: str,
        keys_after: Callable[[str, int], list[str]],
        compare: Callable[[list[str]], Steps[tuple[list[Finding], Mending]]],
    ) -> None:
        """Page by page; between two keys that are known nothing else may be."""
        after, done = "", 0
        while keys := keys_after(after, self._settings.page):
            await self._carry_out(compare(keys))
            await self._strangers(what, after, keys[-1], keys)
            after, done = keys[-1], done + len(keys)
            setattr(self.report, what, done)
            self._progress(f"comparing {what}", done)
        await self._strangers(what, after, _LAST, ())

    async def _carry_out(self, steps: Steps[tuple[list[Finding], Mending]]) -> None:
        findings, _ = await self._store.carry_out(steps, timeout_s=_TIMEOUT_S)
        self.report.note(findings, mended=self._mend)

    def _applicants(self, keys: list[str]) -> Steps[tuple[list[Finding], Mending]]:
        rows = yield "audit", {"applicants": keys, "identifiers": []}
        truth = {key: self._truth.applicant(key) for key in keys}
        found = audit_applicants(stored_of(rows), truth, self._cutoffs)
        yield from self._mended(found[1])
        return found

    def _identifiers(self, keys: list[str]) -> Steps[tuple[list[Finding], Mending]]:
        rows = yield "audit", {"applicants": [], "identifiers": keys}
        stored = stored_of(rows)
        truth = {key: self._choices(key, stored.identifiers.get(key)) for key in keys}
        found = audit_identifiers(stored, truth, self._cutoffs, self._bounds)
        yield from self._mended(found[1])
        return found

    def _choices(self, key: str, stored: Mapping[str, object] | None) -> list[TrueIdentifier]:
        """The whole, and what came after it may have been forgotten."""
        whole = self._truth.identifier(key)
        since = stored["first_at"] if stored else None
        if not isinstance(since, int) or since <= (whole.state.first_at_us or since):
            return [whole]
        if self._truth.last_before(key, since) >= self._cutoffs.forget:
            return [whole]
        return [whole, self._truth.identifier(key, since)]

    def _mended(self, mending: Mending) -> Steps[None]:
        if not self._mend or mending.is_empty:
            return
        if mending.surplus:
            yield "remove", remove_parameters(Touched(), mending.surplus, ())
        touched = mending.touched
        yield "project", project_parameters(touched, touched.links, self._position, self._bounds)

    async def _strangers(self, what: str, above: str, upto: str, known: Sequence[str]) -> None:
        """Applicants or identifiers of a range that the ledger knows nothing of."""
        is_applicants = what == "applicants"
        name = "applicant_keys" if is_applicants else "identifier_keys"
        most = len(known) + self._settings.strangers
        while True:
            asked = {"above": above, "upto": upto, "most": most}
            rows = await self._store.carry_out(_one(name, asked), timeout_s=_TIMEOUT_S)
            found = [str(row["key"]) for row in rows]
            strangers = sorted(set(found) - set(known))
            if strangers:
                told = f"{what.removesuffix('s')} surplus"
                self.report.note([Finding(told, key) for key in strangers], mended=self._mend)
            if strangers and self._mend:
                steps = _without_applicants if is_applicants else _without_identifiers
                await self._store.carry_out(steps(strangers), timeout_s=_TIMEOUT_S)
            if len(found) < most:
                return
            above = found[-1]


def _one(name: str, parameters: dict[str, Any]) -> Steps[Sequence[Record]]:
    return (yield name, parameters)


def _without_applicants(keys: Sequence[str]) -> Steps[Sequence[Record]]:
    return (yield "remove", remove_parameters(Touched(), (), keys))


def _without_identifiers(keys: Sequence[str]) -> Steps[Sequence[Record]]:
    return (yield "remove_identifiers", {"identifiers": list(keys)})
