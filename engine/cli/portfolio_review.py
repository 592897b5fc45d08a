"""``touchstone portfolio review``: proposals of new lines for existing accounts."""

from __future__ import annotations

import argparse
import os
import sys
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.command import OK, PROBLEM, USAGE
from engine.cli.progress import progress

if TYPE_CHECKING:
    from engine.cli.command import Area
    from engine.portfolio.policy import Budget
    from engine.portfolio.review import Review

_NAMES = ("expected_loss", "exposure", "capital")
_MOST_PROCESSES = 64
_NOTHING_LEFT = -100


def add(area: Area) -> None:
    """Add ``portfolio review``."""
    parser = area.add_parser(
        "review", help="re-rate accounts and propose raises, cuts and freezes under budgets"
    )
    parser.add_argument("accounts", type=Path, metavar="ACCOUNTS.parquet")
    parser.add_argument("--policy", type=Path, required=True, help="directory of the policy")
    parser.add_argument("--out", type=Path, required=True, help="directory to write to; made anew")
    parser.add_argument(
        "--budget",
        action="append",
        default=[],
        type=_budget,
        metavar="NAME=AMOUNT|+N%|-N%",
        help=f"in place of the policy's: {', '.join(_NAMES)}; an amount in major units that the"
        " total may come to, or its growth over today's; once for each",
    )
    parser.add_argument(
        "--skip-bad", action="store_true", help="leave out rows with faults and list them"
    )
    parser.add_argument(
        "--processes",
        type=int,
        default=min(os.cpu_count() or 1, 8),
        help="that rate accounts, at the most; each must have enough of them to be worth its start",
    )
    parser.set_defaults(run=_run)


def _budget(text: str) -> tuple[str, str, Fraction]:
    """Name, ``growth`` or ``at_most``, and the number."""
    name, _, number = text.partition("=")
    growth = number.startswith(("+", "-")) and number.endswith("%")
    try:
        value = Decimal(number.removesuffix("%") if growth else number)
    except InvalidOperation:
        value = Decimal("NaN")
    good = value.is_finite() and (growth or value >= 0) and abs(value) < 10**13
    if name not in _NAMES or not good or (growth and value < _NOTHING_LEFT):
        raise argparse.ArgumentTypeError(
            f"must be NAME=AMOUNT, NAME=+N% or NAME=-N% with a name of: {', '.join(_NAMES)}"
        )
    if growth:
        return name, "growth", Fraction(value) / 100
    return name, "at_most", Fraction(value)


def _run(options: argparse.Namespace) -> int:
    if not 1 <= options.processes <= _MOST_PROCESSES:
        print(f"--processes must be 1 to {_MOST_PROCESSES}", file=sys.stderr)
        return USAGE
    names = [name for name, _, _ in options.budget]
    if len(set(names)) != len(names):
        print("--budget: a budget is given twice", file=sys.stderr)
        return USAGE
    # Idle threads cost more than they bring, and must be told before numpy is loaded.
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        found = _reviewed(options)
    except FileExistsError:
        print(f"{options.out} is there already: name a new directory", file=sys.stderr)
        return PROBLEM
    except OSError as error:
        print(f"{error.filename or options.out}: {error.strerror}", file=sys.stderr)
        return PROBLEM
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        return PROBLEM
    _say(found)
    return OK


def _reviewed(options: argparse.Namespace) -> Review:
    from engine.portfolio.review import review

    with progress("accounts") as told:
        return review(
            options.accounts,
            options.policy,
            options.out,
            budgets=_budgets(options.budget, options.policy),
            skip_bad=options.skip_bad,
            processes=options.processes,
            progress=told,
        )


def _budgets(given: list[tuple[str, str, Fraction]], policy: Path) -> list[Budget]:
    from engine.portfolio.errors import ReviewRefused
    from engine.portfolio.loading import load_review
    from engine.portfolio.policy import Budget, BudgetName

    if not given:
        return []
    major = load_review(policy).major
    found = []
    for name, kind, value in given:
        if kind == "growth":
            found.append(Budget(name=BudgetName(name), growth=value))
            continue
        minor = value * major
        if minor.denominator != 1:
            raise ReviewRefused(f"--budget {name}: has more decimals than the currency")
        found.append(Budget(name=BudgetName(name), at_most_minor=int(minor)))
    return found


def _say(found: Review) -> None:
    summary = found.summary
    counts = ", ".join(f"{count:,} {action}" for action, count in summary.total.actions.items())
    print(f"{summary.total.accounts:,} accounts: {counts}")
    if summary.skipped:
        print(f"{summary.skipped:,} rows were skipped")
    for budget in summary.budgets:
        print(
            f"{budget.name}: {budget.after / summary.major:,.2f} of"
            f" {budget.at_most / summary.major:,.2f} {summary.currency},"
            f" shadow price {budget.price:.4f}"
        )
    print(f"gap to the bound {summary.gap:.1e}")
    print("; ".join(f"{stage} {seconds:.1f} s" for stage, seconds in found.seconds.items()))
    for file in found.files:
        print(file)
