"""The report of a review for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from engine.portfolio.policy import Action
from engine.portfolio.summary import Summary, Totals

SPOKEN = {
    "no_rule": "no rule lets them be raised",
    "unknown": "something that a raise rests on is unknown",
    "not_rated": "there is no rating",
    "cooling_off": "the line changed too short a time ago",
    "one_raise": "another account of the same customer or circle may be raised",
    "value": "more line would not be worth it",
    "highest_step": "raised by the highest step, or nothing is against it",
}
_CAPS = {"cap": "the cap on", "budget": "the budget of", "rule": "the rule"}
_VALUES = 12


def limit_told(limit: str) -> str:
    """A limit as a person says it."""
    kind, _, name = limit.partition(":")
    if not name:
        return SPOKEN[limit]
    return f"{_CAPS[kind]} {name if kind == 'rule' else name.replace('_', ' ')}"


def price_told(summary: Summary) -> list[str]:
    """What the shadow prices mean, a sentence for each budget."""
    told = []
    for budget in summary.budgets:
        name = budget.name.replace("_", " ")
        if budget.price:
            told.append(
                f"The budget of {name} binds: at the margin, 1,000 {summary.currency} more of it"
                f" would bring about {budget.price * 1000:,.2f} {summary.currency} of value a year."
            )
        else:
            told.append(f"The budget of {name} does not bind: more of it would bring nothing.")
    return told


def as_text(summary: Summary) -> str:
    """The whole report."""
    return "\n".join(_lines(summary)) + "\n"


def _lines(found: Summary) -> Iterator[str]:
    total = found.total
    yield f"Portfolio review: {total.accounts:,} accounts, policy {found.policy_digest[:16]}"
    yield "Proposals only: no line has been changed."
    if found.skipped:
        yield f"{found.skipped:,} rows were skipped: skipped.csv lists them."
    yield ""
    yield from _totals("action", list(found.by_action.items()), found.major)
    yield from _totals("all", [("all", total)], found.major)
    yield from _budgets(found)
    yield from _counts(found)
    for name, rows in found.by.items():
        yield from _totals(name, rows[:_VALUES], found.major)
    if found.absent:
        yield f"Columns that the file does not have: {', '.join(found.absent)}"
    if found.ignored:
        yield f"Columns that nothing reads: {', '.join(found.ignored)}"


def _budgets(found: Summary) -> Iterator[str]:
    yield f"Budgets, {found.currency}"
    for budget in found.budgets:
        share = budget.after / budget.at_most if budget.at_most else 0
        yield (
            f"  {budget.name:<14} before {budget.before / found.major:>18,.0f}  after "
            f"{budget.after / found.major:>18,.0f}  at most {budget.at_most / found.major:>18,.0f}"
            f"  used {share:.4%}"
        )
    for sentence in price_told(found):
        yield f"  {sentence}"
    yield (
        f"  Value {found.value / found.major:,.2f} of at most {found.bound / found.major:,.2f}:"
        f" gap {found.gap:.1e}"
    )
    yield ""


def _counts(found: Summary) -> Iterator[str]:
    for action, reasons in found.reasons.items():
        told = ((f"{code}: {text.text_en} / {text.text_zh}", n) for code, text, n in reasons)
        yield from _counted(f"Reasons to {action.value}", told)
    limits = ((f"{limit}: {limit_told(limit)}", count) for limit, count in found.limits)
    yield from _counted("Why lines are not higher", limits)
    rules = ((f"{rule}: {description}", count) for rule, description, count in found.rules)
    yield from _counted("Rules that hit", rules)
    yield from _counted("Accounts without a rating", found.unrated)


def _counted(title: str, rows: Iterable[tuple[str, int]]) -> Iterator[str]:
    yield title
    yield from (f"  {count:>9,}  {text}" for text, count in rows)
    yield ""


def _totals(name: str, rows: Sequence[tuple[str, Totals]], major: int) -> Iterator[str]:
    yield (
        f"{name:<24} {'accounts':>10} {'raise':>9} {'keep':>9} {'cut':>8} {'freeze':>8}"
        f" {'lines before':>17} {'lines after':>17} {'EL before':>14} {'EL after':>14}"
    )
    for value, row in rows:
        counts = row.actions
        loss = next(iter(row.uses.values()))
        yield (
            f"{value[:24]:<24} {row.accounts:>10,} {counts[Action.RAISE]:>9,}"
            f" {counts[Action.KEEP]:>9,} {counts[Action.CUT]:>8,} {counts[Action.FREEZE]:>8,}"
            f" {row.line[0] / major:>17,.0f} {row.line[1] / major:>17,.0f}"
            f" {loss[0] / major:>14,.0f} {loss[1] / major:>14,.0f}"
        )
    yield ""
