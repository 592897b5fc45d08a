"""A ledger to try monitoring on: seeded decisions of a month, with two causes in its second half.

People are drawn from the shipped card holders and decided by a policy, as if nobody were linked to
them; some of what was decided is reviewed, and some accounts turn out. All is a function of the
seed. From the middle on, many lenders were asked by most of those whom partners bring, which lowers
the approval rate; and no longer by the affluent, of whom some had, which raises it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from engine.cases.standard import alone
from engine.codec import encode
from engine.evaluate import evaluate
from engine.gather import subject_of
from engine.ledger import NewRecord, SqliteLedger
from engine.lifecycle import BundleStore
from engine.model import (
    Admission,
    Applicant,
    Application,
    Bureau,
    Evidence,
    EvidenceKind,
    HeldLines,
    History,
    Identifier,
    IdentifierKind,
    Link,
    Role,
    Session,
    SourceStatus,
    VerificationStatus,
)
from engine.outcome import Decision, Gathered, Outcome
from engine.policy import Policy, load_policy
from engine.privacy import Keyring
from engine.record import DecisionRecord
from engine.recording import new_record
from engine.reported import KIND, OutcomeReport, Performance, PerformanceReport, ReviewReport

FIRST = date(2026, 3, 1)
DAYS = 30
"""The causes begin with the second half."""

_CALLER, _NAME = "mobile", "name"
_TOGETHER = 256
_DAY_US = 86_400_000_000
_HOUR_US = 3_600_000_000

#: Shares of those by whom so many lenders were asked, after the middle and before it.
_ASKED_LATER, _ASKED_BEFORE, _MANY = 0.6, 0.3, 12
_REVIEWED = 0.5
"""The share of referrals that have been looked at."""

Progress = Callable[[int, int], None]


def write_sample(
    place: Path,
    policy_dir: Path,
    people: Sequence[Bureau],
    *,
    decisions: int,
    seed: int,
    progress: Progress = lambda _done, _every: None,
) -> int:
    """Write a data directory ``place``, which must not be there; the number of decisions.

    ``people``: summaries of their statements. Raises ``PolicyError``, ``OSError``.
    """
    policy = load_policy(policy_dir)
    place.mkdir(mode=0o700)
    BundleStore(place / "policies").put_directory(policy_dir)
    try:
        found = _decided(policy, admissions(people, decisions, seed), decisions, progress)
        return asyncio.run(fill(place, found, outcomes_seed=seed))
    finally:
        policy.rules.close()


def admissions(people: Sequence[Bureau], count: int, seed: int) -> Iterator[Admission]:
    """``count`` applications spread evenly over the days."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    for number in range(count):
        nth = number * DAYS // count
        yield Admission(
            decision_id=f"dec_{seed:08x}{number:024x}",
            caller=_CALLER,
            request_id=f"sample-{seed}-{number}",
            as_of_us=_at_us(FIRST + timedelta(days=nth), number),
            application=_application(
                chance, FIRST + timedelta(days=nth), number, people, later=nth >= DAYS // 2
            ),
        )


def decide_alone(policy: Policy, admission: Admission) -> DecisionRecord:
    """The record of a decision whose sources have answered that there is nobody near."""
    facts = Gathered(
        statuses=(("graph", SourceStatus.OK), ("history", SourceStatus.OK)),
        graph=alone(admission),
        history=History(applications=(), cut=False, circle=()),
    )
    decision = evaluate(policy, admission, facts)
    if not isinstance(decision, Decision):
        raise TypeError("an admission with an id is decided, not estimated")
    return DecisionRecord(admission=admission, gathered=facts, decision=decision)


async def fill(
    place: Path, records: Iterable[DecisionRecord], *, outcomes_seed: int | None = None
) -> int:
    """Write the records, and outcomes of them if there is a seed; the number of records."""
    keyring = Keyring.open(place / "keys", ledger_exists=(place / "ledger.sqlite3").exists())
    ledger = await SqliteLedger.open(place, keyring, group=_TOGETHER)
    chance = random.Random(outcomes_seed)  # noqa: S311 - no secret
    waiting: list[asyncio.Task[object]] = []
    count = 0
    for record in records:
        count += 1
        rows = [new_record(record, b"", b"")]
        if outcomes_seed is not None:
            rows += [report_of(record, r, i) for i, r in enumerate(_outcomes(record, chance))]
        waiting.extend(asyncio.create_task(ledger.append(row)) for row in rows)
        if len(waiting) >= _TOGETHER:
            await asyncio.gather(*waiting)
            waiting.clear()
    await asyncio.gather(*waiting)
    await ledger.close()
    return count


def report_of(record: DecisionRecord, report: OutcomeReport, number: int) -> NewRecord:
    """A row as the service writes it. ``number``: of the reports of one decision."""
    return NewRecord(
        caller=_CALLER,
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
    later = record.decision.as_of_us + _HOUR_US
    return OutcomeReport(
        decision_id=record.decision.decision_id,
        happened_at_us=later,
        reported_at_us=later,
        review=ReviewReport(outcome=outcome, line_minor=0, reviewer="reviewer-1"),
    )


def performed(record: DecisionRecord, performance: Performance) -> OutcomeReport:
    """How the account turned out, a year later."""
    later = record.decision.as_of_us + 365 * _DAY_US
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


def _decided(
    policy: Policy, admitted: Iterable[Admission], every: int, progress: Progress
) -> Iterator[DecisionRecord]:
    for done, admission in enumerate(admitted, 1):
        yield decide_alone(policy, admission)
        progress(done, every)


def _outcomes(record: DecisionRecord, chance: random.Random) -> list[OutcomeReport]:
    """Performance as the PD says for the approved, an answer for half of the referred."""
    outcome, score = record.decision.outcome, record.decision.score
    if outcome is Outcome.APPROVE and score is not None:
        bad = chance.random() < score.pd
        return [performed(record, Performance.BAD if bad else Performance.GOOD)]
    if outcome is Outcome.REFER and chance.random() < _REVIEWED:
        return [reviewed(record, chance.choice((Outcome.APPROVE, Outcome.DECLINE)))]
    return []


def _at_us(day: date, number: int) -> int:
    """A time on that day, UTC."""
    moment = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    return int(moment.timestamp()) * 1_000_000 + number


def _application(
    chance: random.Random, day: date, number: int, people: Sequence[Bureau], *, later: bool
) -> Application:
    channel = chance.choices(("mobile", "branch", "partner"), (5, 3, 2))[0]
    segment = chance.choice(("mass", "affluent", "new_to_credit"))
    inquiries, owed = chance.randrange(6), chance.randrange(0, 300_000)
    asked = _ASKED_LATER if later and channel == "partner" else 0.0
    if not later and segment == "affluent":
        asked = _ASKED_BEFORE
    if chance.random() < asked:
        inquiries = _MANY
    income = chance.randrange(600_000, 4_000_000)
    return Application(
        product=chance.choice(("classic", "classic", "gold")),
        channel=channel,
        customer_segment=segment,
        branch=f"branch_{chance.randrange(8)}" if channel == "branch" else "",
        staff_member=f"staff_{chance.randrange(40)}" if channel == "branch" else "",
        partner=f"partner_{chance.randrange(4)}" if channel == "partner" else "",
        currency="CNY",
        expected_limit_minor=chance.choice((None, 2_000_000, 8_000_000)),
        supplementary=False,
        session=Session(
            channel_session_id=None, emulator=False, rooted=False, country="CN", city=None
        ),
        applicant=_applicant(chance, day),
        links=(
            Link(
                Role.USES, Identifier(IdentifierKind.ID_NUMBER, f"id_number:{number:064x}", "****")
            ),
        ),
        bureau=replace(
            chance.choice(people),
            months_on_file=chance.randrange(24, 240),
            reported_on=day,
            inquiries_1m=inquiries // 2,
            inquiries_3m=inquiries,
            inquiries_6m=inquiries,
            card_count=chance.randrange(1, 4),
            loan_balance_minor=0,
            monthly_obligations_minor=owed,
        ),
        held_lines=HeldLines(own_minor=0, elsewhere_minor=chance.choice((0, 2_000_000))),
        evidence=(
            Evidence(
                evidence_id="payroll",
                kind=EvidenceKind.PAYROLL_FLOW,
                amount_minor=income,
                source="payroll_bank",
                status=VerificationStatus.VERIFIED,
                issued_on=day,
            ),
        ),
    )


def _applicant(chance: random.Random, day: date) -> Applicant:
    return Applicant(
        name_token=_NAME,
        other_name_tokens=(),
        birth_date=date(day.year - chance.randrange(23, 60), 1, 1),
        nationality="CN",
        id_document_kind="cn_resident_id",
        id_document_expires_on=date(day.year + 5, 1, 1),
        occupation=None,
        is_student=False,
        declared_income_minor=None,
    )
