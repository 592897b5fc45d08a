"""A signal that nobody reads is either forgotten work or a misspelt reader."""

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.lints.places import all_rules
from engine.rules.model import Bundle
from engine.rules.strata import signals_read


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Warn of signals without a reader."""
    rules = all_rules(bundle)
    read = {name for rule in rules for name in signals_read(rule)}
    read |= {s.signal for stage in bundle.strategy.stages for s in stage.segments}
    for rule in rules:
        if rule.then.signal and rule.then.signal not in read:
            found.warning(
                Code.UNUSED_SIGNAL,
                f"signal `{rule.then.signal}` of rule `{rule.id}` is never read",
                rule.span,
                hint=f"read it with `signals.{rule.then.signal}`, or remove it",
            )
