"""Rules that wait for each other's signals have no order, and so no meaning."""

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.model import Bundle
from engine.rules.strata import SignalCycle, stratify


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Report a cycle in each stage, if there is one."""
    for stage in bundle.strategy.stages:
        try:
            stratify(bundle.rules_of(stage))
        except SignalCycle as cycle:
            found.error(
                Code.SIGNAL_CYCLE,
                f"rules wait for each other's signals: {cycle}",
                cycle.rules[0].span,
                hint="let one of them read the facts instead of the signal",
            )
