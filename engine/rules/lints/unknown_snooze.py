"""A snooze of a rule that is not there."""

from __future__ import annotations

from engine.rules.diagnostics import Code, Diagnostics, did_you_mean
from engine.rules.model import Bundle


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Every snooze names a rule of the policy."""
    rules = {rule.id for ruleset in bundle.rulesets.values() for rule in ruleset.rules}
    for snoozes in bundle.snoozes.values():
        for snooze in snoozes:
            if snooze.rule and snooze.rule not in rules:
                found.error(
                    Code.UNKNOWN_REFERENCE,
                    f"there is no rule `{snooze.rule}`",
                    snooze.span,
                    hint=did_you_mean(snooze.rule, rules),
                )
