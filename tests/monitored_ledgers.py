"""Ledgers of many varied decisions over days, with reviews and performance, for monitoring."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from engine.codec import encode
from engine.evaluate import evaluate
from engine.gather import subject_of
from engine.ledger import NewRecord, SqliteLedger
from engine.model import Admission, Application, Identifier, IdentifierKind, Link, Role
from engine.outcome import Decision, Outcome
from engine.policy import Policy
from engine.privacy import Keyring
from engine.record import DecisionRecord
from engine.recording import new_record
from engine.reported import KIND, OutcomeReport, Performance, PerformanceReport, ReviewReport
from tests.applications import application, bureau, gathered, months, payroll

FIRST = date(2026, 3, 1)
DAY_US = 86_400_000_000
_TOGETHER = 256

Vary = Callable[[random.Random, date, dict[str, object]], None]
"""Changes the fields of an application, for a planted cause."""


def at_us(day: date, number: int) -> int:
    """A time on that day, UTC."""
    moment = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    return int(moment.timestamp()) * 1_000_000 + number


def asked(chance: random.Random, day: date, number: int, vary: Vary | None = None) -> Application:
    """One of many: most are good, some owe too much, some pay late."""
    used = chance.choice((0, 100_000, 300_000, 500_000, 900_000, 1_500_000))
    fields: dict[str, object] = {
        "product": chance.choice(("classic", "classic", "gold")),
        "channel": chance.choices(("mobile", "branch", "partner"), (5, 3, 2))[0],
        "customer_segment": chance.choice(("mass", "affluent", "new_to_credit")),
        "branch": f"branch_{chance.randrange(8)}",
        "staff_member": f"staff_{chance.randrange(40)}",
        "expected_limit_minor": chance.choice((None, 2_000_000, 8_000_000)),
        "used": used,
        "income": chance.randrange(400_000, 4_000_000),
        "months_on_file": chance.randrange(3, 240),
        "inquiries": chance.randrange(0, 8),
    }
    if vary is not None:
        vary(chance, day, fields)
    used, income = int(str(fields.pop("used"))), int(str(fields.pop("income")))
    on_file, inquiries = fields.pop("months_on_file"), fields.pop("inquiries")
    person = Link(
        Role.USES, Identifier(IdentifierKind.ID_NUMBER, f"id_number:{number:064x}", "****")
    )
    return replace(
        application(
            **fields,
            bureau=bureau(
                months_on_file=on_file,
                months=months(12, balance_minor=used, payment_minor=used // 3 + 1_000),
                inquiries_1m=inquiries,
                monthly_obligations_minor=chance.randrange(0, 300_000),
            ),
            evidence=payroll(income),
        ),
        links=(person,),
    )


def admissions(
    count: int, days: int, *, seed: int = 1, vary: Vary | None = None, first: date = FIRST
) -> Iterable[Admission]:
    """``count`` applications spread evenly over the days from ``first``."""
    chance = random.Random(seed)
    for number in range(count):
        day = first + timedelta(days=number * days // count)
        yield Admission(
            decision_id=f"dec_{seed:08x}{number:024x}",
            caller="mobile",
            request_id=f"r{seed}:{number}",
            as_of_us=at_us(day, number),
            application=asked(chance, day, seed * 10_000_000 + number, vary),
        )


def decided(policy: Policy, admission: Admission) -> DecisionRecord:
    """The record of a decision whose sources have answered that there is nobody near."""
    facts = gathered()
    decision = evaluate(policy, admission, facts)
    assert isinstance(decision, Decision)
    return DecisionRecord(admission=admission, gathered=facts, decision=decision)


def report_of(record: DecisionRecord, report: OutcomeReport, number: int) -> NewRecord:
    """A row as the service writes it."""
    return NewRecord(
        caller="mobile",
        request_id=f"outcome:{number}:{report.decision_id}",
        fingerprint=b"",
        decision_id=f"out_{number}_{report.decision_id}",
        subject=subject_of(record.admission),
        kind=KIND,
        at_us=report.reported_at_us,
        body=encode(report),
        answer=b"",
    )


def reviewed(record: DecisionRecord, outcome: Outcome) -> OutcomeReport:
    """A reviewer's answer, an hour later."""
    later = record.decision.as_of_us + 3_600_000_000
    return OutcomeReport(
        decision_id=record.decision.decision_id,
        happened_at_us=later,
        reported_at_us=later,
        review=ReviewReport(outcome=outcome, line_minor=0, reviewer="reviewer-1"),
    )


def performed(record: DecisionRecord, performance: Performance) -> OutcomeReport:
    """How the account turned out, a year later."""
    later = record.decision.as_of_us + 365 * DAY_US
    return OutcomeReport(
        decision_id=record.decision.decision_id,
        happened_at_us=later,
        reported_at_us=later,
        performance=PerformanceReport(
            performance=performance,
            observed_on=datetime.fromtimestamp(later / 1_000_000, UTC).date(),
            months_on_book=12,
            days_past_due=0,
        ),
    )


def outcomes_of(record: DecisionRecord, chance: random.Random) -> list[OutcomeReport]:
    """Performance as the PD says for the approved, an answer for half of the referred."""
    outcome, score = record.decision.outcome, record.decision.score
    if outcome is Outcome.APPROVE and score is not None:
        bad = chance.random() < score.pd
        return [performed(record, Performance.BAD if bad else Performance.GOOD)]
    if outcome is Outcome.REFER and chance.random() < 0.5:
        return [reviewed(record, chance.choice((Outcome.APPROVE, Outcome.DECLINE)))]
    return []


async def fill(
    place: Path, records: Iterable[DecisionRecord], *, outcomes_seed: int | None = None
) -> int:
    """Write the records, and outcomes of them if there is a seed; the number of records."""
    keyring = Keyring.open(place / "keys", ledger_exists=(place / "ledger.sqlite3").exists())
    ledger = await SqliteLedger.open(place, keyring, group=_TOGETHER)
    chance = random.Random(outcomes_seed)
    waiting: list[asyncio.Task[object]] = []
    count = 0
    for record in records:
        count += 1
        rows = [new_record(record, b"", b"")]
        if outcomes_seed is not None:
            rows += [report_of(record, r, i) for i, r in enumerate(outcomes_of(record, chance))]
        waiting.extend(asyncio.create_task(ledger.append(row)) for row in rows)
        if len(waiting) >= _TOGETHER:
            await asyncio.gather(*waiting)
            waiting.clear()
    await asyncio.gather(*waiting)
    await ledger.close()
    return count
