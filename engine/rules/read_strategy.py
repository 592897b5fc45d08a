"""strategy.yaml: sources with their fallbacks, and the stages in order."""

from __future__ import annotations

from enum import StrEnum

from yaml.nodes import Node

from engine.currency import MINOR_DIGITS
from engine.rules import vocabulary
from engine.rules.diagnostics import Code, Diagnostics, did_you_mean
from engine.rules.model import (
    CardSegment,
    Contributions,
    OnFailure,
    SourcePolicy,
    Stage,
    StageKind,
    Strategy,
)
from engine.rules.reader import Reader
from engine.rules.source import Source

_USUAL_NAMES = {"RMB": "did you mean `CNY`?", "CNH": "did you mean `CNY`?"}
_DAY_S = 86_400
_WIDEST_OFFSET_MIN = 14 * 60
MAX_CHALLENGERS = 4
MAX_SEGMENTS = 16
_CARD_KEYS = ("scorecard", "gives", "challengers", "segments", "contributions")
_OPTIONAL = ("rulesets", *_CARD_KEYS, "sources", "fail_closed")


class Gives(StrEnum):
    """What a scorecard's answer is to rules: the root of the vocabulary that it fills."""

    SCORE = "score"
    FRAUD_SCORE = "fraud_score"


def read_strategy(source: Source, node: Node, found: Diagnostics) -> Strategy:
    """The strategy; incomplete where a diagnostic was added."""
    reader = Reader(source, node, found, "the strategy")
    reader.allow(("strategy", "currency", "stages"), ("sources", "utc_offset_minutes"))
    sources = _sources(reader)
    stages = tuple(_stage(reader, item, sources) for item in reader.list_of("stages"))
    _check_stages(reader, stages)
    currency = reader.text("currency")
    if currency and currency not in MINOR_DIGITS:
        hint = _USUAL_NAMES.get(currency.upper()) or did_you_mean(currency.upper(), MINOR_DIGITS)
        message = f"`{currency}` is not an ISO 4217 code of a currency in use, as CNY is"
        reader.wrong(reader.items["currency"][1], message, hint)
    return Strategy(
        name=reader.name("strategy"),
        currency=currency,
        utc_offset_minutes=reader.integer(
            "utc_offset_minutes", 0, -_WIDEST_OFFSET_MIN, _WIDEST_OFFSET_MIN
        ),
        sources=sources,
        stages=stages,
    )


def _sources(reader: Reader) -> dict[str, SourcePolicy]:
    found: dict[str, SourcePolicy] = {}
    section = reader.mapping("sources", "`sources`")
    if section is None:
        return found
    section.allow((), vocabulary.KNOWN_SOURCES)

    def add(name: str, entry: Reader) -> None:
        entry.allow(("timeout_ms", "on_failure"), ("max_age_s",))
        max_age = entry.integer("max_age_s", 0, 1, 3_650 * _DAY_S)
        found[name] = SourcePolicy(
            timeout_ms=entry.integer("timeout_ms", 1_000, 1, 60_000),
            on_failure=entry.choice("on_failure", OnFailure, OnFailure.REFER),
            max_age_s=max_age or None,
        )

    section.each(add, "source")
    return found


def _stage(reader: Reader, node: Node, sources: dict[str, SourcePolicy]) -> Stage:
    entry = Reader(reader.source, node, reader.found, "a stage")
    entry.allow(("stage",), _OPTIONAL)
    name = entry.name("stage")
    rulesets, scorecard = entry.names("rulesets"), entry.name("scorecard") or None
    if rulesets and scorecard:
        entry.wrong(entry.items["scorecard"][1], "a stage has rulesets or a scorecard, not both")
    if "gives" in entry.items and not scorecard:
        entry.wrong(entry.items["gives"][1], "only a stage with a scorecard gives a score")
    if "contributions" in entry.items and not scorecard:
        message = "only a stage with a scorecard has `contributions`"
        entry.wrong(entry.items["contributions"][1], message)
    wanted = entry.names("sources")
    for source in wanted:
        if source not in sources:
            reader.found.error(
                Code.UNKNOWN_REFERENCE,
                f"source `{source}` is not declared under `sources`",
                entry.value_span("sources"),
                hint=did_you_mean(source, sources) or "declare its timeout_ms and on_failure",
            )
    kind = _kind(entry, name, has_rules="rulesets" in entry.items, has_card=bool(scorecard))
    return Stage(
        name=name,
        kind=kind,
        rulesets=rulesets,
        scorecard=scorecard,
        sources=wanted,
        span=entry.value_span("stage"),
        fail_closed=entry.flag("fail_closed"),
        challengers=_challengers(entry, kind, scorecard),
        segments=_segments(entry, kind),
        contributions=entry.choice("contributions", Contributions, Contributions.NEEDED),
    )


def _segments(entry: Reader, kind: StageKind) -> tuple[CardSegment, ...]:
    """Signals with the scorecards that they choose, in order."""
    node = entry.node_of("segments")
    if node is None:
        return ()
    if kind is not StageKind.SCORE:
        entry.wrong(node, "only a stage with a scorecard that gives `score` has `segments`")
        return ()
    found = []
    for item in entry.list_of("segments"):
        one = Reader(entry.source, item, entry.found, "a segment")
        if one.allow(("signal", "scorecard")):
            found.append(
                CardSegment(
                    signal=one.name("signal"),
                    scorecard=one.name("scorecard"),
                    span=one.value_span("signal"),
                )
            )
    if len(found) > MAX_SEGMENTS:
        entry.wrong(node, f"a stage has at most {MAX_SEGMENTS} segments")
    if len({segment.signal for segment in found}) < len(found):
        entry.wrong(node, "a signal stands in `segments` twice")
    return tuple(found)


def _challengers(entry: Reader, kind: StageKind, champion: str | None) -> tuple[str, ...]:
    """Scorecards over the same row; each costs a prediction for every applicant."""
    node = entry.node_of("challengers")
    if node is None:
        return ()
    names = entry.names("challengers")
    if kind is not StageKind.SCORE:
        entry.wrong(node, "only a stage with a scorecard that gives `score` has `challengers`")
    elif champion in names:
        entry.wrong(node, f"`{champion}` is the champion, and cannot challenge itself")
    elif len(names) > MAX_CHALLENGERS:
        entry.wrong(node, f"a stage has at most {MAX_CHALLENGERS} challengers")
    return names


def _kind(entry: Reader, name: str, *, has_rules: bool, has_card: bool) -> StageKind:
    if has_rules:
        return StageKind.RULES
    if has_card:
        return StageKind(entry.choice("gives", Gives, Gives.SCORE).value)
    if name != StageKind.LINE:
        entry.found.error(
            Code.MISSING_KEY,
            f"stage `{name}` needs `rulesets` or `scorecard`",
            entry.value_span("stage"),
            hint="only the stage `line` has neither",
        )
        return StageKind.RULES
    return StageKind.LINE


def _check_stages(reader: Reader, stages: tuple[Stage, ...]) -> None:
    """Names once, each ruleset in one stage, one scorecard at most, the line last."""
    seen: set[str] = set()
    used: set[str] = set()
    for stage in stages:
        for name, known, what in (
            (stage.name, seen, "stage"),
            *((ruleset, used, "ruleset") for ruleset in stage.rulesets),
        ):
            if name in known:
                reader.found.error(
                    Code.DUPLICATE_ID, f"{what} `{name}` stands in the strategy twice", stage.span
                )
            known.add(name)
    kinds = [stage.kind for stage in stages]
    if StageKind.LINE in kinds[:-1]:
        line = stages[kinds.index(StageKind.LINE)]
        reader.found.error(Code.WRONG_VALUE, "the stage `line` must be the last", line.span)
    for kind in (StageKind.SCORE, StageKind.FRAUD_SCORE):
        if kinds.count(kind) > 1:
            last = stages[len(kinds) - 1 - kinds[::-1].index(kind)]
            message = f"a strategy has one scorecard at most that gives `{kind.value}`"
            reader.found.error(Code.WRONG_VALUE, message, last.span)
    if not stages and "stages" in reader.items:
        reader.wrong(reader.items["stages"][1], "`stages` must list at least one stage")
