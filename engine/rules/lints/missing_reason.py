"""Every decline and every refer path ends in a reason that can be told to the customer."""

from engine.outcome import Outcome
from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.lints.places import all_rules
from engine.rules.model import Bundle


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Report adverse outcomes without a reason."""
    for rule in all_rules(bundle):
        if rule.then.outcome in {Outcome.REFER, Outcome.DECLINE} and not rule.then.reason:
            found.error(
                Code.MISSING_REASON,
                f"rule `{rule.id}` ends in {rule.then.outcome} and gives no reason",
                rule.span,
                hint="add `reason: CODE` with a code of reasons.yaml",
            )
