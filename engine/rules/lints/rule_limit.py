"""The rule engine's bounds are measured; beyond them nobody knows what it answers."""

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.model import Bundle

MAX_RULES_PER_STAGE = 2_000


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Report stages with more rules than were measured."""
    for stage in bundle.strategy.stages:
        count = sum(len(bundle.rulesets[name].rules) for name in stage.rulesets)
        if count > MAX_RULES_PER_STAGE:
            found.error(
                Code.RULE_LIMIT,
                f"stage `{stage.name}` has {count} rules, more than {MAX_RULES_PER_STAGE}",
                stage.span,
                hint="move rules to a stage of their own",
            )
