"""A reason must have its wording in the catalogue."""

from engine.rules.diagnostics import Code, Diagnostics, did_you_mean
from engine.rules.lints.places import all_rules
from engine.rules.model import Bundle, Rule
from engine.rules.read_reasons import BUILT_IN
from engine.rules.source import Span


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Report codes that reasons.yaml lacks; built-in ones were reported when it was read."""
    if not bundle.reasons:
        return
    for rule in all_rules(bundle):
        for code, span in _codes(rule):
            if code and code not in bundle.reasons and code not in BUILT_IN:
                found.error(
                    Code.UNKNOWN_REASON,
                    f"reason `{code}` is not in reasons.yaml",
                    span,
                    hint=did_you_mean(code, bundle.reasons) or "add it with text_en and text_zh",
                )


def _codes(rule: Rule) -> tuple[tuple[str, Span], ...]:
    return (
        (rule.then.reason, rule.reason_span),
        (rule.on_unknown.reason, rule.span),
        (rule.on_error.reason, rule.span),
    )
