"""A signal that a later stage sets is always false here: surely not what was meant."""

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.lints.places import path_span
from engine.rules.model import Bundle
from engine.rules.strata import signals_read
from engine.rules.vocabulary import SIGNALS


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Report signals read before every rule that sets them has run."""
    last: dict[str, tuple[int, str]] = {}
    for number, stage in enumerate(bundle.strategy.stages):
        for rule in bundle.rules_of(stage):
            if rule.then.signal:
                last[rule.then.signal] = (number, stage.name)
    for number, stage in enumerate(bundle.strategy.stages):
        for rule in bundle.rules_of(stage):
            for name in signals_read(rule):
                set_in, setter = last.get(name, (-1, ""))
                if set_in > number:
                    found.error(
                        Code.SIGNAL_READ_EARLY,
                        f"signal `{name}` is read in stage `{stage.name}` but set in the later "
                        f"stage `{setter}`",
                        path_span(rule, f"{SIGNALS}.{name}", found),
                        hint="move the rule behind the one that sets the signal",
                    )
