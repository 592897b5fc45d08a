"""In a stage that fails closed, what is unknown may not count as a no."""

from __future__ import annotations

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.model import Bundle, Fallback, OnFailure, Stage


def check(bundle: Bundle, found: Diagnostics) -> None:
    """No rule of such a stage ignores, none of its sources is gone without."""
    for stage in bundle.strategy.stages:
        if stage.fail_closed:
            _check(bundle, stage, found)


def _check(bundle: Bundle, stage: Stage, found: Diagnostics) -> None:
    for rule in bundle.rules_of(stage):
        for key, undecided in (("on_unknown", rule.on_unknown), ("on_error", rule.on_error)):
            if undecided.fallback is Fallback.IGNORE:
                found.error(
                    Code.FAIL_OPEN,
                    f"`{key}: ignore` in the stage `{stage.name}`, which fails closed",
                    rule.span,
                    hint="let it refer or decline, or take `fail_closed` from the stage",
                )
    for source in stage.sources:
        policy = bundle.strategy.sources.get(source)
        if policy is not None and policy.on_failure is OnFailure.CONTINUE:
            found.error(
                Code.FAIL_OPEN,
                f"the source `{source}` continues on failure, but the stage `{stage.name}` fails "
                "closed",
                stage.span,
                hint="let it refer or decline, or take `fail_closed` from the stage",
            )
