"""Lints over a whole bundle. One per file; all run, and report together."""

from engine.rules.diagnostics import Diagnostics
from engine.rules.lints import (
    document_text,
    duplicate_id,
    duplicate_row,
    fail_open,
    idle_reason,
    missing_reason,
    no_effect,
    row_never_reached,
    rule_limit,
    score_read_early,
    segment_signal,
    signal_cycle,
    signal_read_early,
    source_not_declared,
    unknown_product,
    unknown_reason,
    unknown_snooze,
    unused_definition,
    unused_signal,
)
from engine.rules.model import Bundle

LINTS = (
    duplicate_id,
    missing_reason,
    unknown_reason,
    unknown_product,
    idle_reason,
    document_text,
    rule_limit,
    signal_cycle,
    signal_read_early,
    source_not_declared,
    score_read_early,
    segment_signal,
    duplicate_row,
    row_never_reached,
    fail_open,
)
#: Judge whole rules: a rule of which a part was refused would be blamed twice.
WHOLE = (no_effect, unused_signal, unused_definition, unknown_snooze)


def run_lints(bundle: Bundle, found: Diagnostics) -> None:
    """Run every lint; those that judge whole rules only where nothing was refused before."""
    refused = found.has_errors
    for lint in LINTS:
        lint.check(bundle, found)
    for lint in () if refused else WHOLE:
        lint.check(bundle, found)
