"""Lints over a whole bundle. One per file; all run, and report together."""

from engine.rules.diagnostics import Diagnostics
from engine.rules.lints import (
    duplicate_id,
    idle_reason,
    missing_reason,
    no_effect,
    rule_limit,
    score_read_early,
    signal_cycle,
    signal_read_early,
    source_not_declared,
    unknown_reason,
    unused_signal,
)
from engine.rules.model import Bundle

LINTS = (
    duplicate_id,
    missing_reason,
    unknown_reason,
    idle_reason,
    no_effect,
    rule_limit,
    signal_cycle,
    signal_read_early,
    source_not_declared,
    score_read_early,
)


def run_lints(bundle: Bundle, found: Diagnostics) -> None:
    """Run every lint. Warnings need whole rules, so they wait until there are no errors."""
    for lint in LINTS:
        lint.check(bundle, found)
    if not found.has_errors:
        unused_signal.check(bundle, found)
