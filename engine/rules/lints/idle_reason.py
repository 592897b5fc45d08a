"""A reason explains an adverse outcome or a lower line; alone it would never be shown."""

from engine.outcome import Outcome
from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.lints.places import all_rules
from engine.rules.model import Bundle


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Report reasons with nothing to explain."""
    for rule in all_rules(bundle):
        then = rule.then
        explains = then.cap_line_minor is not None or then.outcome in {
            Outcome.REFER,
            Outcome.DECLINE,
        }
        if then.reason and not explains:
            found.error(
                Code.IDLE_REASON,
                f"reason `{then.reason}` explains nothing: rule `{rule.id}` neither refers nor "
                "declines nor caps the line",
                rule.reason_span,
                hint="add `outcome: refer`, or remove the reason",
            )
