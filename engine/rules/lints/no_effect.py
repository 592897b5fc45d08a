"""A rule without an effect is forgotten work."""

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.lints.places import all_rules
from engine.rules.model import Bundle, Effects


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Report rules whose hit changes nothing."""
    for rule in all_rules(bundle):
        if rule.then == Effects():
            found.error(
                Code.NO_EFFECT,
                f"rule `{rule.id}` has no effect",
                rule.span,
                hint="`then` takes outcome, signal, require, cap_line_minor or adjust_points",
            )
