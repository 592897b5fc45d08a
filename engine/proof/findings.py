"""How findings of proofs are worded."""

from __future__ import annotations

from collections.abc import Iterable

from engine.rules import Code, Diagnostic, Rule, Severity

#: Names in one message; more would not be read.
_MOST_NAMED = 3


def name_of(rule: Rule) -> str:
    """A rule by its id, a row by its number."""
    if rule.row is None:
        return f"rule `{rule.id}`"
    what = "`otherwise`" if rule.row.otherwise else f"row {rule.row.number}"
    return f"{what} of table `{rule.ruleset}`"


def listed(names: Iterable[str]) -> str:
    """The first few, and how many more."""
    unique = list(dict.fromkeys(names))
    more = f" and {len(unique) - _MOST_NAMED} more" if len(unique) > _MOST_NAMED else ""
    return ", ".join(unique[:_MOST_NAMED]) + more


def warning(code: Code, rule: Rule, message: str, hint: str) -> Diagnostic:
    """Something to look at; the policy can be used."""
    return Diagnostic(code, Severity.WARNING, message, rule.span, hint=hint)


def unproved(rule: Rule, what: str, why: str) -> Diagnostic:
    """What could be neither proved nor refuted is said, never passed in silence."""
    return warning(
        Code.UNPROVED,
        rule,
        f"{name_of(rule)}: {what} is not proved: {why}",
        "see docs/policy_proofs.md for what can be proved",
    )
