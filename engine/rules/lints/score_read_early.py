"""Before the score stage there is no score: the condition would always be unknown."""

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.lints.places import path_span
from engine.rules.model import Bundle, StageKind
from engine.rules.vocabulary import SCORE


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Report score fields read before a scorecard has run."""
    scored = False
    for stage in bundle.strategy.stages:
        scored = scored or stage.kind is StageKind.SCORE
        for rule in bundle.rules_of(stage):
            early = [path for path in rule.when.mentions if path.startswith(f"{SCORE}.")]
            for path in () if scored else early:
                found.error(
                    Code.SCORE_READ_EARLY,
                    f"`{path}` is read in stage `{stage.name}`, before any scorecard has run",
                    path_span(rule, path, found),
                    hint="move the rule to a stage behind the one with the scorecard",
                )
