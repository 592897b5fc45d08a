"""Random small policies over few fields, and every application that they can tell apart.

Conditions compare fields with few numbers and texts, so the numbers themselves, their
neighbours and the midpoints between them stand for all applications: brute force is exact.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from engine.outcome import Outcome
from engine.proof.baseline import baseline
from engine.rules import Bundle, OnFailure, Ruleset, SourcePolicy, Stage, StageKind, Strategy
from engine.rules.ast import Literal
from engine.rules.condition import Condition, compile_condition
from engine.rules.environment import shared_environment
from engine.rules.model import Effects, Fallback, ReasonText, Rule, Undecided
from engine.rules.read_wording import default_wording
from engine.rules.source import Span
from engine.rules.tables.model import Aggregates, HitPolicy, Row, Table
from engine.suppose import Value

Facts = Mapping[str, Value | None]

SIGNALS = ("s0", "s1")
_REASONS = ("REASON_A", "REASON_B", "INFORMATION_MISSING", "RULE_ERROR", "SOURCE_UNAVAILABLE")
_INTS = {"applicant.age": (17, 18, 60), "bureau.card_count": (0, 3, 4)}
_TEXTS = {"applicant.occupation": ("farmer", "nurse"), "application.branch": ("n1", "n2")}
_DOUBLES = {"graph.worst_fraud_share": (0.25, 0.5)}
_BOOLS = ("session.emulator", "application.has_guarantor")
_FIELDS = (*_INTS, *_TEXTS, *_DOUBLES, *_BOOLS)
_NULLABLE = {
    "bureau.card_count",
    "applicant.occupation",
    "graph.worst_fraud_share",
    "session.emulator",
}


def values_of(path: str) -> tuple[Value | None, ...]:
    """One value for each way in which a condition can see the field."""
    found: list[Value | None] = [None] if path in _NULLABLE else []
    if path in _INTS:
        near = {n + step for n in _INTS[path] for step in (-1, 0, 1)}
        found += sorted(n for n in near if path != "bureau.card_count" or n >= 0)
    elif path in _TEXTS:
        found += ["", "a", *(text + tail for text in _TEXTS[path] for tail in ("", "x")), "z"]
    elif path in _DOUBLES:
        found += [0.0, 0.125, 0.25, 0.375, 0.5, 0.75, 1.0]
    else:
        found += [False, True]
    return tuple(found)


def space(paths: tuple[str, ...]) -> Iterator[Facts]:
    """Every application that differs in these fields, all else ordinary."""
    for values in itertools.product(*(values_of(path) for path in paths)):
        facts = dict(baseline({})) | dict(zip(paths, values, strict=True))
        if "graph.worst_fraud_share" in paths and facts["graph.worst_fraud_share"] is None:
            for path in facts:
                if path.startswith("graph."):
                    facts[path] = () if path == "graph.neighbours" else None
        yield facts


class Policies:
    """Random policies of two stages. ``fields``: those that the conditions read."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self.fields = tuple(self._rng.sample(_FIELDS, self._rng.choice((1, 2, 2, 3))))
        #: Division by a field is outside what can be proved.
        self.divides = self._rng.random() < 0.15

    def bundle(self) -> Bundle:
        """A policy whose first stage gathers the graph; the second is rules or a table."""
        rng = self._rng
        first = [self._rule(f"A{n}", ()) for n in range(rng.randrange(1, 5))]
        own = tuple(sorted({rule.then.signal for rule in first} - {""}))
        second = [self._rule(f"B{n}", own) for n in range(rng.randrange(1, 6))]
        table = self._table() if rng.random() < 0.6 else None
        if table is not None:
            second = self._rows(second)
        names = ("first", "second")
        stages = tuple(
            Stage(
                name=name,
                kind=StageKind.RULES,
                rulesets=(name,),
                scorecard=None,
                sources=("graph",) if name == "first" else (),
                span=Span("strategy.yaml", 1, 1),
            )
            for name in names
        )
        policy = SourcePolicy(timeout_ms=1, on_failure=rng.choice(tuple(OnFailure)))
        return Bundle(
            name="random",
            digest="",
            root=Path(),
            strategy=Strategy(
                name="random",
                currency="CNY",
                utc_offset_minutes=0,
                sources={"graph": policy},
                stages=stages,
            ),
            rulesets={
                "first": Ruleset(name="first", rules=tuple(first), path="first.yaml"),
                "second": Ruleset(
                    name="second", rules=tuple(second), path="second.yaml", table=table
                ),
            },
            reasons={c: ReasonText(code=c, text_en=c, text_zh=c) for c in _REASONS},
            products={},
            files=(),
            warnings=(),
            wording=default_wording(),
        )

    def _table(self) -> Table:
        return Table(
            hit=self._rng.choice(tuple(HitPolicy)),
            columns=(),
            aggregates=Aggregates(),
            span=Span("random.yaml", 999, 1),
        )

    def _rows(self, rules: list[Rule]) -> list[Rule]:
        """The rules as rows of a table, with or without ``otherwise``."""
        rows = [
            replace(rule, priority=10, row=Row(number=n, cells=(), otherwise=False, sites=()))
            for n, rule in enumerate(rules, start=1)
        ]
        if self._rng.random() < 0.4:
            always = Condition("true", Literal(type="bool", value=True))
            row = Row(number=len(rows) + 1, cells=(), otherwise=True, sites=())
            last = self._rule("B90", ())
            rows.append(replace(last, when=always, priority=10, row=row))
        return rows

    def _rule(self, rule_id: str, signals: tuple[str, ...]) -> Rule:
        rng = self._rng
        outcome = rng.choice((None, Outcome.APPROVE, Outcome.REFER, Outcome.DECLINE))
        needs_reason = outcome in {Outcome.REFER, Outcome.DECLINE}
        sets = not signals and rng.random() < 0.3
        return Rule(
            ruleset="first" if rule_id.startswith("A") else "second",
            id=rule_id,
            description="",
            when=self._compiled(signals),
            then=Effects(
                outcome=outcome,
                reason=rng.choice(_REASONS[:2]) if needs_reason else "",
                signal=rng.choice(SIGNALS) if sets and rule_id.startswith("A") else "",
                cap_line_minor=None if needs_reason else 1_000_000,
            ),
            priority=rng.choice((10, 10, 20)),
            on_unknown=self._undecided("INFORMATION_MISSING"),
            on_error=self._undecided("RULE_ERROR"),
            span=Span("random.yaml", ord(rule_id[0]) * 100 + int(rule_id[1:]), 1),
            reason_span=Span("random.yaml", 1, 1),
            path="random.yaml",
            places=(),
        )

    def _undecided(self, reason: str) -> Undecided:
        fallback = self._rng.choice(tuple(Fallback))
        return Undecided(fallback=fallback, reason="" if fallback is Fallback.IGNORE else reason)

    def _compiled(self, signals: tuple[str, ...]) -> Condition:
        while True:
            text = self.condition(self._rng.randrange(3), signals)
            found = compile_condition(text, shared_environment(SIGNALS))
            if isinstance(found, Condition):
                return found

    def condition(self, depth: int, signals: tuple[str, ...] = ()) -> str:
        """A condition over the policy's fields."""
        rng = self._rng
        if depth <= 0:
            return self._atom(signals)
        parts = [f"({self.condition(depth - 1, signals)})" for _ in range(3)]
        match rng.randrange(6):
            case 0:
                return f"!{parts[0]}"
            case 1:
                return " ? ".join(parts[:2]) + f" : {parts[2]}"
            case 2:
                return f"{parts[0]} || {parts[1]}"
            case 3:
                return f"{parts[0]} == {parts[1]}"
            case _:
                return f"{parts[0]} && {parts[1]}"

    def _atom(self, signals: tuple[str, ...]) -> str:
        rng = self._rng
        if signals and rng.random() < 0.3:
            return f"signals.{rng.choice(signals)}"
        path = rng.choice(self.fields)
        if path in _NULLABLE and rng.random() < 0.15:
            return rng.choice((f"has({path})", f"{path} == null"))
        sign = rng.choice(("==", "!=", "<", "<=", ">", ">="))
        if path in _BOOLS:
            return rng.choice((path, f"{path} == true", f"{path} < true"))
        if path in _TEXTS:
            return self._text_atom(path, sign)
        if path in _DOUBLES:
            return f"{path} {sign} {rng.choice(_DOUBLES[path])}"
        return self._int_atom(path, sign)

    def _text_atom(self, path: str, sign: str) -> str:
        rng, texts = self._rng, _TEXTS[path]
        match rng.randrange(4):
            case 0:
                return f'{path}.startsWith("{texts[1]}")'
            case 1:
                return f'{path} in ["{texts[0]}", "{texts[1]}"]'
            case _:
                return f'{path} {sign} "{rng.choice(texts)}"'

    def _int_atom(self, path: str, sign: str) -> str:
        rng, low, high = self._rng, _INTS[path][0], _INTS[path][-1]
        match rng.randrange(6):
            case 0:
                return f"{path} in [{low}, {high}]"
            case 1:
                return f"{path} - {low} {sign} {rng.choice(_INTS[path]) - low}"
            case 2:
                return f"{path} * 2 {sign} {2 * rng.choice(_INTS[path])}"
            case 3 if self.divides:
                return f"(10 / ({path} - {high}) > 0 || {path} > {high})"
            case _:
                return f"{path} {sign} {rng.choice(_INTS[path])}"
