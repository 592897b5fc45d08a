"""A simulation on the terminal, and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping

from rich.console import Console
from rich.table import Table

from engine.currency import MINOR_DIGITS
from engine.intervals import wilson_interval
from engine.outcome import Outcome
from engine.simulate.run import Simulation
from engine.simulate.tally import DIMENSIONS, LINE_STEPS, PD_STEPS, Cell, Side

OUTCOMES = tuple(outcome.value for outcome in Outcome)
_MOST_ROWS = 15
NOTE = (
    "Of applicants who would newly be approved nobody has seen the repayment: their loss is what "
    "the scorecard expects, and the scorecard was not trained on such applicants."
)


def print_report(found: Simulation, console: Console) -> None:
    """What changes, from the whole to the parts."""
    tally = found.tally
    console.print(f"current    {found.current}\ncandidate  {found.candidate}")
    console.print(
        f"{tally.compared:,} decisions compared; erased {tally.erased:,}, cannot be told "
        f"{tally.cannot_tell:,}, not for these policies {tally.refused:,}, failed {tally.failed:,}"
    )
    if found.note:
        console.print(found.note)
    console.print(_matrix(tally.cells))
    console.print(_sides(found))
    if tally.loss_unknown:
        console.print(
            f"the loss of {tally.loss_unknown:,} decisions is on neither side: the policy that"
            " made them is not at hand; name it with --current"
        )
    console.print(
        f"lines of those approved by both: {tally.line_up:,} higher, {tally.line_down:,} lower"
    )
    for name in DIMENSIONS:
        console.print(_segments(name, tally.segments))
    current, candidate = tally.current, tally.candidate
    console.print(_counts("reason", current.reasons, candidate.reasons))
    console.print(_counts("rule", current.rules, candidate.rules))
    for kind, named in tally.named.items():
        for name, why in named[:_MOST_ROWS]:
            console.print(f"{kind} {name}: {why}", markup=False)
    console.print(NOTE)


def _matrix(cells: Mapping[Cell, int]) -> Table:
    table = Table(title="current (down) against candidate (across)")
    table.add_column("")
    for name in OUTCOMES:
        table.add_column(name, justify="right")
    for row in OUTCOMES:
        table.add_row(row, *(f"{cells.get((row, column), 0):,}" for column in OUTCOMES))
    return table


def _sides(found: Simulation) -> Table:
    table = Table(title=f"in {found.currency}")
    for name in ("", "current", "candidate", "change"):
        table.add_column(name, justify="left" if not name else "right")
    digits = MINOR_DIGITS[found.currency]
    for told, pick in _FIGURES:
        before, after = pick(found.tally.current), pick(found.tally.candidate)
        unit = 1 if told == "approved" else 10**digits
        shown = [f"{value / unit:,.0f}" for value in (before, after, after - before)]
        table.add_row(told, *shown)
    return table


_FIGURES: tuple[tuple[str, Callable[[Side], int]], ...] = (
    ("approved", lambda side: side.approved),
    ("approved lines", lambda side: side.line_minor),
    ("expected loss", lambda side: side.loss_minor),
)


def _segments(name: str, segments: Mapping[Cell, Mapping[Cell, int]]) -> Table:
    table = Table(title=f"approval rate by {name}, with the interval of 95 %")
    for title in (name, "decisions", "current", "candidate"):
        table.add_column(title, justify="left" if title == name else "right")
    for value, total, before, after in rates(name, segments)[:_MOST_ROWS]:
        table.add_row(value or "(none)", f"{total:,}", _rate(before, total), _rate(after, total))
    return table


def rates(
    name: str, segments: Mapping[Cell, Mapping[Cell, int]]
) -> list[tuple[str, int, int, int]]:
    """Value, decisions, approved by the current policy and by the candidate; the most first."""
    found = []
    for (dimension, value), cells in segments.items():
        if dimension == name:
            before = sum(n for (current, _), n in cells.items() if current == Outcome.APPROVE)
            after = sum(n for (_, candidate), n in cells.items() if candidate == Outcome.APPROVE)
            found.append((value, sum(cells.values()), before, after))
    return sorted(found, key=lambda row: (-row[1], row[0]))


def _rate(count: int, total: int) -> str:
    low, high = wilson_interval(count, total)
    return f"{count / total:.1%} ({low:.1%} to {high:.1%})" if total else "-"


def _counts(name: str, before: Counter[str], after: Counter[str]) -> Table:
    table = Table(title=f"decisions by {name}, the greatest changes first")
    for title in (name, "current", "candidate", "change"):
        table.add_column(title, justify="left" if title == name else "right")
    for key in changed(before, after):
        change = after[key] - before[key]
        table.add_row(key, f"{before[key]:,}", f"{after[key]:,}", f"{change:+,}")
    return table


def changed(before: Counter[str], after: Counter[str]) -> list[str]:
    """Keys by how much they changed, then by how often they are."""
    keys = before.keys() | after.keys()
    order = sorted(keys, key=lambda k: (-abs(after[k] - before[k]), -before[k], k))
    return order[:_MOST_ROWS]


def as_json(found: Simulation) -> str:
    """Everything that was counted. Amounts in minor units."""
    tally = found.tally
    value = {
        "version": 1,
        "current": found.current,
        "candidate": found.candidate,
        "currency": found.currency,
        "compared": tally.compared,
        "erased": tally.erased,
        "cannot_tell": tally.cannot_tell,
        "refused": tally.refused,
        "failed": tally.failed,
        "note": found.note,
        "loss_unknown": tally.loss_unknown,
        "named": [
            {"kind": kind, "decision_id": name, "why": why}
            for kind, named in tally.named.items()
            for name, why in named
        ],
        "outcomes": [
            {"current": row, "candidate": column, "count": tally.cells.get((row, column), 0)}
            for row in OUTCOMES
            for column in OUTCOMES
        ],
        "sides": {"current": _side(tally.current), "candidate": _side(tally.candidate)},
        "lines": {
            "higher": tally.line_up,
            "lower": tally.line_down,
            "steps": LINE_STEPS,
            "counts": [tally.lines[place] for place in range(len(LINE_STEPS) + 1)],
        },
        "pd_steps": PD_STEPS,
        "swap_pd": {kind: _places(pds) for kind, pds in sorted(tally.swap_pd.items())},
        "segments": [
            {
                "dimension": d,
                "value": v,
                "decisions": n,
                "current": b,
                "candidate": a,
                "current_95": wilson_interval(b, n),
                "candidate_95": wilson_interval(a, n),
            }
            for d in DIMENSIONS
            for v, n, b, a in rates(d, tally.segments)
        ],
        "changes": [
            {
                "decision_id": item.decision_id,
                "current": item.current,
                "candidate": item.candidate,
                "current_line_minor": item.current_line_minor,
                "candidate_line_minor": item.candidate_line_minor,
                "reasons": item.reasons,
            }
            for item in tally.changes
        ],
    }
    return json.dumps(value, ensure_ascii=False, indent=2)


def _places(pds: Counter[int]) -> list[int]:
    return [pds[place] for place in range(len(PD_STEPS) + 1)]


def _side(side: Side) -> dict[str, object]:
    return {
        "approved": side.approved,
        "line_minor": side.line_minor,
        "expected_loss_minor": side.loss_minor,
        "pd": _places(side.pd),
        "reasons": dict(sorted(side.reasons.items())),
        "rules": dict(sorted(side.rules.items())),
    }
