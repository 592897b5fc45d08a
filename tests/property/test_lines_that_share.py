"""Lines that share a parent's, at random over months: what is lent never exceeds it.

Cards, supplementary cards, raises and proofs that come later, decided by the shipped policy on what
a ledger answers, and recorded in it. A second opinion keeps account of every line.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest

from engine.deadline import Deadline
from engine.evaluate import evaluate
from engine.gather import CircleLines, Gatherer, HistorySource, Source
from engine.ledger import MemoryLedger
from engine.model import (
    Admission,
    Application,
    Follows,
    HeldLines,
    Identifier,
    IdentifierKind,
    LineKind,
    Link,
    Role,
    SharedLine,
)
from engine.outcome import Decision, Gathered, Outcome
from engine.policy import Policy, load_policy
from engine.record import DecisionRecord, replay
from engine.recording import new_record
from graph.model import Neighbourhood
from tests.applications import AS_OF_US, application, neighbourhood, payroll
from tests.unit.rules.bundles import SHIPPED

_DAY_US = 86_400_000_000
_RUNS, _STEPS = 25, 14


@pytest.fixture(scope="module")
def policy() -> Iterator[Policy]:
    """The shipped one."""
    loaded = load_policy(SHIPPED)
    yield loaded
    loaded.rules.close()


class _Nobody:
    """A graph in which nobody is linked."""

    async def fetch(self, admission: Admission, timeout_s: float) -> Neighbourhood:
        return replace(neighbourhood(), as_of_us=admission.as_of_us)


@dataclass(slots=True)
class _Account:
    """What the second opinion knows of a card: its line, its parts, its latest raise."""

    card: str
    last: str
    line: int
    parts: dict[str, int] = field(default_factory=dict)
    raised: tuple[int, int] = (0, 0)

    def owed(self, at_us: int) -> int:
        """The exposure of its holder: one line, whoever draws on it."""
        total, until_us = self.raised
        return max(self.line, total) if at_us < until_us else self.line


class _Bank:
    """Decides on a ledger of its own, a day or a month after the last time."""

    def __init__(self, policy: Policy, chance: random.Random) -> None:
        self._policy, self._chance = policy, chance
        self.ledger, self.accounts = MemoryLedger(), list[_Account]()
        self._sources: dict[str, Source] = {
            "graph": _Nobody(),
            "history": HistorySource(self.ledger),
        }
        self._gatherer = Gatherer(self._sources, CircleLines(self.ledger))
        self.now_us, self._number = AS_OF_US, 0
        self.records: list[DecisionRecord] = []

    def day(self) -> date:
        """Today in Beijing."""
        return date(1970, 1, 1) + timedelta(days=(self.now_us // 1_000_000 + 28_800) // 86_400)

    async def decide(self, asked: Application, follows: Follows | None = None) -> DecisionRecord:
        """Gather, evaluate, record."""
        self.now_us += self._chance.choice((1, 1, 20, 45)) * _DAY_US
        self._number += 1
        admission = Admission(
            decision_id=f"dec_{self._number:032x}",
            caller="mobile",
            request_id=str(self._number),
            as_of_us=self.now_us,
            application=asked,
            follows=follows,
        )
        gathered = Gathered()
        while True:
            found = evaluate(self._policy, admission, gathered)
            if isinstance(found, Decision):
                break
            sources = self._policy.bundle.strategy.sources
            gathered = await self._gatherer.gather(
                found.sources, sources, admission, gathered, Deadline(30)
            )
        record = DecisionRecord(admission=admission, gathered=gathered, decision=found)
        await self.ledger.append(new_record(record, b"", b""))
        self.records.append(record)
        return record


def _granted(record: DecisionRecord) -> int:
    decision = record.decision
    if decision.outcome is not Outcome.APPROVE or decision.line is None:
        return 0
    return decision.line.line_minor


def _person(number: int) -> tuple[Link, ...]:
    return (Link(Role.USES, Identifier(IdentifierKind.ID_NUMBER, f"id_number:{number}", "***")),)


async def _step(bank: _Bank, chance: random.Random, person: int) -> None:
    """One thing that somebody asks for."""
    kind = chance.choice(("card", "part", "part", "raise", "raise", "proofs"))
    income = payroll(chance.randrange(4, 40) * 50_000)
    if kind == "card" or not bank.accounts:
        record = await bank.decide(application(links=_person(person), evidence=income))
        if line := _granted(record):
            own = record.decision.decision_id
            bank.accounts.append(_Account(own, own, line))
        return
    account = chance.choice(bank.accounts)
    if kind == "proofs":
        await _more_proofs(bank, account, chance)
        return
    supplementary = kind == "part"
    until = (
        bank.day() + timedelta(days=chance.randrange(45, 120)) if chance.random() < 0.7 else None
    )
    shares = SharedLine(
        kind=LineKind.SUPPLEMENTARY if supplementary else LineKind.TEMPORARY,
        parent=chance.choice((account.card, account.last)),
        until=None if supplementary else until,
    )
    # As channels do: the card's line, a raise in force included, is told among what is held.
    held = account.owed(bank.now_us)
    record = await bank.decide(
        application(
            links=_person(99 if supplementary else person),
            evidence=income,
            supplementary=supplementary,
            shares=shares,
            held_lines=HeldLines(own_minor=held, elsewhere_minor=0, parent_minor=held),
        )
    )
    line, at_us = _granted(record), record.decision.as_of_us
    if supplementary and line:
        assert account.owed(at_us) >= account.line >= line + sum(account.parts.values())
        account.parts[record.decision.decision_id] = line
    elif line:
        shared = record.decision.line.shares if record.decision.line is not None else None
        assert shared is not None
        assert shared.until_us is not None
        assert account.line < line <= min(account.line * 3 // 2, account.line + 1_000_000)
        assert shared.parent_line_minor == account.line
        assert at_us < shared.until_us <= at_us + 61 * _DAY_US
        account.raised = (line, shared.until_us)


async def _more_proofs(bank: _Bank, account: _Account, chance: random.Random) -> None:
    """The card's own line is decided again, with a better proof."""
    first = next(r for r in bank.records if r.decision.decision_id == account.last)
    better = payroll(first.admission.application.evidence[0].amount_minor + 500_000)
    follows = Follows(
        decision_id=account.last,
        root=account.card,
        root_at_us=first.admission.applied_at_us,
        open_until_us=bank.now_us + 99 * _DAY_US,
    )
    record = await bank.decide(
        replace(first.admission.application, evidence=better), follows=follows
    )
    account.last, account.line = record.decision.decision_id, _granted(record)


async def test_nothing_that_shares_a_line_is_counted_beside_it(policy: Policy) -> None:
    """At any time the ledger's lines come to those of the cards, raised while a raise holds."""
    seen = dict.fromkeys(LineKind, 0)
    for run in range(_RUNS):
        chance = random.Random(20_261_125 + run)
        bank = _Bank(policy, chance)
        for _ in range(_STEPS):
            await _step(bank, chance, person=1)
        for kind in seen:
            seen[kind] += sum(_granted(r) > 0 for r in bank.records if r.decision.kind is kind)
        everything = sorted({record.admission.applicant_key for record in bank.records})
        for at_us in (bank.now_us + 1, bank.now_us + 30 * _DAY_US, bank.now_us + 400 * _DAY_US):
            found = await bank.ledger.granted(everything, before_us=at_us)
            owed = sum(account.owed(at_us) for account in bank.accounts)
            assert owed == sum(one.line_minor for one in found)
            own = await bank.ledger.history("id_number:1", before_us=at_us, limit=99)
            assert owed == sum(one.line_minor for one in own.applications)
        last = await bank.ledger.granted(everything, before_us=bank.now_us + 400 * _DAY_US)
        assert sum(account.line for account in bank.accounts) == sum(x.line_minor for x in last)
        rows = [new_record(record, b"", b"").body for record in bank.records]
        assert all(replay(policy, body).same for body in rows)
    assert min(seen.values()) > _RUNS // 2
