"""Simulates many stored decisions, and says how fast.

    python -m tests.bench.simulate [--decisions 100000] [--processes 2]

Fills a real ledger with decisions made by the real evaluation over varied applicants, replays them
through the shipped policy and a candidate, and prints decisions per second. A sample is held
against the stored bytes, and the simulation of the policy that decided against what it decided.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from engine.evaluate import evaluate
from engine.ledger import SqliteLedger
from engine.model import Admission, Identifier, IdentifierKind, Link, Role
from engine.outcome import Decision
from engine.policy import Policy, load_policy
from engine.privacy import Keyring
from engine.record import DecisionRecord, replay
from engine.recording import new_record
from engine.simulate import Filters, StoredDecisions, simulate
from tests.applications import AS_OF_US, application, bureau, gathered, months, payroll
from tests.bench.ledgers import POLICY, measured

_TOGETHER = 256
_SAMPLE = 500


def main() -> None:
    """Fill, simulate, compare, print."""
    measured(__doc__, _measure)


def _measure(place: Path, count: int, processes: int) -> None:
    policy = load_policy(POLICY)
    started = time.perf_counter()
    same = asyncio.run(_fill(place, policy, count))
    took = time.perf_counter() - started
    print(f"filled   {count:,} decisions in {took:.0f} s; {same} of a sample replay to the byte")
    policy.rules.close()
    source = StoredDecisions(data_dir=place, keys=place / "keys", filters=Filters())
    candidate = _candidate(place)
    for name, current, other in (
        ("as decided, and the policy that decided", None, POLICY),
        ("as decided, and a candidate", None, candidate),
        ("both policies anew", POLICY, candidate),
    ):
        started = time.perf_counter()
        found = simulate(source, other, current, processes=processes)
        took = time.perf_counter() - started
        tally = found.tally
        moved = sum(n for (one, two), n in tally.cells.items() if one != two)
        print(
            f"{name}: {tally.compared:,} in {took:.1f} s, {tally.compared / took:,.0f} /s with "
            f"{processes} processes; {moved:,} with another outcome, {tally.line_up:,} lines "
            f"higher, {tally.line_down:,} lower, {tally.failed + tally.cannot_tell} left out"
        )


async def _fill(place: Path, policy: Policy, count: int) -> str:
    keyring = Keyring.open(place / "keys", ledger_exists=False)
    ledger = await SqliteLedger.open(place, keyring, group=_TOGETHER)
    same = tried = 0
    waiting: list[asyncio.Task[object]] = []
    for number, admission in enumerate(_admissions(count)):
        facts = gathered()
        decision = evaluate(policy, admission, facts)
        if not isinstance(decision, Decision):
            raise TypeError("everything was gathered")
        record = DecisionRecord(admission=admission, gathered=facts, decision=decision)
        row = new_record(record, b"", b"")
        if number % max(count // _SAMPLE, 1) == 0:
            tried += 1
            same += replay(policy, row.body).same
        waiting.append(asyncio.create_task(ledger.append(row)))
        if len(waiting) == _TOGETHER:
            await asyncio.gather(*waiting)
            waiting.clear()
    await asyncio.gather(*waiting)
    await ledger.close()
    return f"{same} of {tried}"


def _admissions(count: int) -> Iterator[Admission]:
    chance = random.Random(42)
    for number in range(count):
        person = Link(
            Role.USES, Identifier(IdentifierKind.ID_NUMBER, f"id_number:{number:064x}", "****")
        )
        used = chance.choice((0, 100_000, 500_000, 1_500_000, 1_990_000))
        asked = application(
            product=chance.choice(("classic", "classic", "gold", "platinum")),
            channel=chance.choice(("mobile", "branch", "partner")),
            customer_segment=chance.choice(("mass", "affluent", "new_to_credit")),
            expected_limit_minor=chance.choice((None, 2_000_000, 8_000_000)),
            bureau=bureau(
                months_on_file=chance.randrange(0, 240),
                months=months(chance.randrange(0, 25), balance_minor=used, payment_minor=used // 3),
                inquiries_1m=chance.randrange(0, 8),
                monthly_obligations_minor=chance.randrange(0, 900_000),
            ),
            evidence=payroll(chance.randrange(200_000, 6_000_000)),
        )
        yield Admission(
            decision_id=f"dec_{number:032x}",
            caller="bench",
            request_id=f"r{number}",
            as_of_us=AS_OF_US + number,
            application=replace(asked, links=(person,)),
        )


def _candidate(place: Path) -> Path:
    """Other cut-offs on the PD."""
    root = place / "candidate"
    shutil.copytree(POLICY, root)
    for path in root.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("0.25", "0.20"), encoding="utf-8")
    return root


if __name__ == "__main__":
    main()
