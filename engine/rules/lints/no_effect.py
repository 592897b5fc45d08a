"""A rule without an effect is forgotten work.

In a table it may be the exception: it settles the table, so that no other row applies.
"""

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.lints.places import all_rules
from engine.rules.model import Bundle, Effects
from engine.rules.tables.model import HitPolicy


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Report rules whose hit changes nothing."""
    tables = bundle.tables
    for rule in all_rules(bundle):
        table = tables.get(rule.ruleset)
        if table is not None and table.hit is not HitPolicy.COLLECT:
            continue
        if rule.then == Effects():
            found.error(
                Code.NO_EFFECT,
                f"rule `{rule.id}` has no effect",
                rule.span,
                hint="`then` takes outcome, signal, require, cap_line_minor or adjust_points",
            )
