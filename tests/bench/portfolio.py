"""A portfolio review: minutes, memory, stages and the gap; the choice alone beside HiGHS.

``python -m tests.bench.portfolio --accounts 1000000``
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

from engine.portfolio.allocate import allocate
from engine.portfolio.gathered import Gathered, gather
from engine.portfolio.knapsack import Instance
from engine.portfolio.loading import load_review
from engine.portfolio.reading import batches, open_accounts
from engine.portfolio.review import review
from engine.portfolio.sample import write_sample

_ROOT = Path(__file__).resolve().parents[2]
_POLICY = _ROOT / "rulesets" / "credit_card"
_DRAWN_FROM = 20_000
_DATA = _ROOT / "data" / "taiwan_credit_card.csv.gz"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--highs", type=int, default=2_000, help="accounts that HiGHS is given")
    parser.add_argument("--highs-seconds", type=float, default=120)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        _review(Path(directory), options.accounts, options.processes)
        _solvers(Path(directory), options.accounts, options.highs, options.highs_seconds)


def _review(directory: Path, accounts: int, processes: int) -> None:
    file = directory / "accounts.parquet"
    write_sample(file, _DATA, accounts, seed=1)
    start = time.monotonic()
    found = review(file, _POLICY, directory / "out", processes=processes)
    seconds = time.monotonic() - start
    print(f"{accounts:,} accounts, {processes} processes: {seconds / 60:.1f} minutes")
    for stage, took in found.seconds.items():
        print(f"  {stage:<16} {took:8.1f} s")
    own, children = (
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"  peak memory {own:,.0f} MiB, {own * 2**20 / accounts:,.0f} bytes an account;", end=" ")
    print(f"the largest of the other processes {children:,.0f} MiB")
    for budget in found.summary.budgets:
        print(
            f"  {budget.name:<14} {budget.after / budget.at_most:.6%} used, price"
            f" {budget.price:.6f}"
        )
    print(f"  gap to the LP bound {found.summary.gap:.1e}")


def _solvers(directory: Path, accounts: int, highs: int, seconds: float) -> None:
    """Both on the same instances, with budgets half way to what is best without any."""
    print("choice alone, three budgets that bind      accounts   seconds   gap to the LP bound")
    found_once = _assessed(directory)
    for count in sorted({highs, min(accounts, 100_000), accounts}):
        instance = _instance(found_once, count)
        start = time.monotonic()
        found = allocate(instance)
        print(
            f"  dual prices and core                   {count:>10,} {time.monotonic() - start:9.2f}"
            f"   {found.gap:.1e}"
        )
        if count == highs:
            start = time.monotonic()
            value, proved = _by_highs(instance, seconds)
            took = time.monotonic() - start
            print(
                f"  HiGHS, branch and bound                {count:>10,} {took:9.2f}"
                f"   {(found.bound - value) / abs(found.bound):.1e}{'' if proved else ' (stopped)'}"
            )


def _assessed(directory: Path) -> Gathered:
    """Options of real-looking accounts, from which instances of every size are drawn."""
    file = directory / "drawn_from.parquet"
    write_sample(file, _DATA, _DRAWN_FROM, seed=2)
    loaded = load_review(_POLICY)
    opened = open_accounts(file, loaded)
    return gather(batches(opened, _POLICY, loaded, 1, lambda _done, _all: None), opened.rows)


def _instance(found: Gathered, count: int) -> Instance:
    """So many accounts, no two uses of the same account quite alike."""
    rows = np.resize(np.arange(found.rows), count)
    uses = tuple(
        table[rows] + np.arange(count)[:, None] % 97 for table in found.assessed.uses.values()
    )
    values = found.assessed.values[rows]
    most = Instance(values, uses, np.full(len(uses), 2.0**52))
    floor, best = most.used(most.floor), most.used(values.argmax(axis=1))
    budgets = np.floor(floor + 0.5 * (best - floor))
    return Instance(values, uses, budgets)


def _by_highs(instance: Instance, seconds: float) -> tuple[int, bool]:
    places = np.argwhere(instance.allowed)
    rows, columns = places.T
    count = np.arange(len(places))
    one = coo_matrix((np.ones(len(places)), (rows, count))).tocsr()
    uses = np.array([use[rows, columns] for use in instance.uses])
    found = milp(
        -instance.values[rows, columns],
        constraints=[
            LinearConstraint(one, 1, 1),
            LinearConstraint(uses, -np.inf, instance.budgets),
        ],
        integrality=np.ones(len(places)),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 1e-9},
    )
    return round(-found.fun), found.status == 0


if __name__ == "__main__":
    main()
