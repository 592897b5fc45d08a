"""The rule engine's bounds are measured; beyond them nobody knows what it answers."""

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.model import Bundle
from engine.rules.strata import SignalCycle, stratify

MAX_RULES_PER_STAGE = 2_000
MAX_CHAINED_SIGNALS = 32


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Report stages with more rules, or longer chains of signals, than were measured."""
    for stage in bundle.strategy.stages:
        count = sum(len(bundle.rulesets[name].rules) for name in stage.rulesets)
        if count > MAX_RULES_PER_STAGE:
            found.error(
                Code.RULE_LIMIT,
                f"stage `{stage.name}` has {count} rules, more than {MAX_RULES_PER_STAGE}",
                stage.span,
                hint="move rules to a stage of their own",
            )
        try:
            strata = stratify(bundle.rules_of(stage))
        except SignalCycle:
            continue  # another lint reports it
        if len(strata) > MAX_CHAINED_SIGNALS:
            found.error(
                Code.RULE_LIMIT,
                f"signals are chained over more than {MAX_CHAINED_SIGNALS} rules",
                strata[MAX_CHAINED_SIGNALS][0].span,
                hint="read the facts instead of a signal of a signal",
            )
