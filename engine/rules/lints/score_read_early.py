"""Before the stage of its scorecard there is no score: the condition would always be unknown."""

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.lints.places import path_span
from engine.rules.model import Bundle, StageKind
from engine.rules.vocabulary import FRAUD_SCORE, SCORE

_GIVEN_BY = {SCORE: StageKind.SCORE, FRAUD_SCORE: StageKind.FRAUD_SCORE}


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Report fields of a score that are read before its scorecard has run."""
    given: set[StageKind] = set()
    for stage in bundle.strategy.stages:
        given.add(stage.kind)
        for rule in bundle.rules_of(stage):
            for path in rule.when.mentions:
                needed = _GIVEN_BY.get(path.partition(".")[0])
                if needed is None or needed in given:
                    continue
                found.error(
                    Code.SCORE_READ_EARLY,
                    f"`{path}` is read in stage `{stage.name}`, before any scorecard has run",
                    path_span(rule, path, found),
                    hint="move the rule to a stage behind the one with the scorecard",
                )
