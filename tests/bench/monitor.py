"""Reports on many stored decisions, and says how fast and in how much memory.

    python -m tests.bench.monitor [--decisions 100000] [--processes 2]

Fills a real ledger with decisions of the real evaluation and outcomes, reports on it through the
command, explains one half against the other, and prints applications per second, the greatest
memory, and the cost of counting one decision. Ten thousand are decided; the others are these again
under other ids and days, since deciding is not what is measured.
"""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from engine.cli import main as command
from engine.lifecycle import BundleStore
from engine.monitor.observation import observe
from engine.monitor.population import Population
from engine.policy import Policy, load_policy
from engine.record import DecisionRecord
from engine.watch.sample import decide_alone, fill
from engine.watch.shelf import Shelf
from tests.bench.ledgers import POLICY, measured
from tests.monitored_ledgers import FIRST, admissions

_DAYS = 60
_COUNTED = 2_000
_DECIDED = 10_000


def main() -> None:
    """Fill, report, explain, print."""
    measured(__doc__, _measure)


def _measure(place: Path, count: int, processes: int) -> None:
    policy = load_policy(POLICY)
    BundleStore(place / "policies").put_directory(POLICY)
    started = time.perf_counter()
    asyncio.run(fill(place, _records(policy, count), outcomes_seed=1))
    took = time.perf_counter() - started
    print(f"filled {count:,} decisions and their outcomes in {took:.0f} s", flush=True)
    middle = FIRST + timedelta(days=_DAYS // 2)
    common = ["--data-dir", str(place), "--processes", str(processes), "--output"]
    for name, arguments in (
        ("report", ["--by", "channel", "--format", "html"]),
        ("explain", ["--since", str(middle), "--against", f"{FIRST}..{middle}"]),
    ):
        started = time.perf_counter()
        code = command(["monitor", name, *arguments, *common, str(place / name)])
        took = time.perf_counter() - started
        print(
            f"monitor {name}: exit code {code}, {took:.1f} s, {count / took:,.0f} /s in all",
            flush=True,
        )
    for who, name in ((resource.RUSAGE_SELF, "itself"), (resource.RUSAGE_CHILDREN, "a process")):
        print(f"greatest memory, {name}: {resource.getrusage(who).ru_maxrss / 1024:,.0f} MB")
    shelf, population = Shelf(place / "policies"), Population()
    sample = [decide_alone(policy, admission) for admission in admissions(_COUNTED, 1, seed=2)]
    started = time.perf_counter()
    for record in sample:
        population.add(observe(record, shelf))
    took = time.perf_counter() - started
    print(f"counting one decision: {1e6 * took / len(sample):.0f} µs")
    policy.rules.close()


def _records(policy: Policy, count: int) -> Iterator[DecisionRecord]:
    drawn: list[DecisionRecord] = []
    for number, admission in enumerate(admissions(count, _DAYS)):
        if number < _DECIDED:
            drawn.append(decide_alone(policy, admission))
            yield drawn[-1]
            continue
        again = drawn[number % _DECIDED]
        at_us = admission.as_of_us
        yield replace(
            again,
            admission=replace(
                again.admission,
                decision_id=admission.decision_id,
                request_id=admission.request_id,
                as_of_us=at_us,
            ),
            decision=replace(again.decision, decision_id=admission.decision_id, as_of_us=at_us),
        )


if __name__ == "__main__":
    main()
