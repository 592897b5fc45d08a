"""A segment is chosen by a signal: one that is never set, or set later, chooses nobody."""

from engine.rules.diagnostics import Code, Diagnostics, did_you_mean
from engine.rules.model import Bundle


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Report segments whose signal no rule of an earlier stage sets."""
    signalled: set[str] = set()
    everywhere = {
        rule.then.signal
        for stage in bundle.strategy.stages
        for rule in bundle.rules_of(stage)
        if rule.then.signal
    }
    for stage in bundle.strategy.stages:
        for segment in stage.segments:
            if segment.signal not in everywhere:
                found.error(
                    Code.SIGNAL_NEVER_SET,
                    f"signal `{segment.signal}` is never set, so nobody is in this segment",
                    segment.span,
                    hint=did_you_mean(segment.signal, everywhere) or "set it in a rule's `then`",
                )
            elif segment.signal not in signalled:
                found.error(
                    Code.SIGNAL_READ_EARLY,
                    f"signal `{segment.signal}` is read in stage `{stage.name}` but set later",
                    segment.span,
                    hint="move the rule that sets it into a stage before the score",
                )
        signalled |= {rule.then.signal for rule in bundle.rules_of(stage) if rule.then.signal}
