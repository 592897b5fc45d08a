"""A rule's id is its name in traces and records: one rule, one id, in the whole bundle."""

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.lints.places import all_rules
from engine.rules.model import Bundle, Rule


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Report every further rule with an id that is taken."""
    first: dict[str, Rule] = {}
    for rule in all_rules(bundle):
        taken = first.setdefault(rule.id, rule)
        if taken is not rule:
            where = f"{taken.span.path}:{taken.span.line}"
            found.error(
                Code.DUPLICATE_ID,
                f"rule `{rule.id}` is declared twice",
                rule.span,
                label=f"first declared at {where}",
                hint="give it an id of its own: traces and records name rules by id",
            )
