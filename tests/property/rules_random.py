"""Random facts, conditions and rulesets over the whole vocabulary, reproducible by seed."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from engine.outcome import Outcome
from engine.rules import vocabulary
from engine.rules.ast import Call, Conditional, Expr, Literal, Read
from engine.rules.condition import Condition, compile_condition, compile_expression
from engine.rules.days import within
from engine.rules.environment import shared_environment
from engine.rules.lists import ListKind, Match, PolicyList
from engine.rules.model import (
    Bundle,
    Effects,
    Fallback,
    ReasonText,
    Rule,
    Ruleset,
    Stage,
    StageKind,
    Strategy,
    Undecided,
)
from engine.rules.source import Span
from touchstone.v1 import facts_pb2

SIGNALS = tuple(f"s{n}" for n in range(6))
LISTS = ("blocked", "watched")
#: Names of expressions and parameters, and their types; each condition draws trees of its own.
NAMED = (("flag", "bool"), ("amount", "int"), ("share", "double"))
PARAMS = (("limit", "int"), ("cut", "double"), ("word", "string"), ("on", "bool"))
_DAYS = ("2026-05-28", "2026-05-29", "2026-05-30")
REASONS = tuple(f"REASON_{n}" for n in range(5))
STAGE = "stage"

_NOWHERE = Span("random.yaml", 1, 1)
_A_LIST = PolicyList(
    name="random",
    kind=ListKind.WATCH,
    matches="session.country",
    match=Match.EXACT,
    description="",
    entries={},
    lengths=(),
    span=_NOWHERE,
)
_STRINGS = ("", "a", "b", "ab", "CN", "学生", 'q"\\', "it's", "tab\t", "classic")
_INTS = (-7, -1, 0, 1, 2, 3, 6, 7, 100, 2**62, 2**63 - 1, -(2**63))
_DOUBLES = (-1.5, -0.0, 0.0, 0.25, 0.5, 1.0, 3.0, 1e-05, 1e16, 1e300)
_KINDS = ("device", "phone", "ip", "address")
_VALUES: dict[str, tuple[Any, ...]] = {
    "bool": (True, False),
    "int": _INTS,
    "double": _DOUBLES,
    "string": _STRINGS,
}


def random_facts(rng: random.Random) -> facts_pb2.Facts:
    """Facts in which each field is supplied with a probability of its own."""
    facts = facts_pb2.Facts()
    supplied = rng.choice((0.0, 0.2, 0.5, 0.8, 1.0))
    for field in vocabulary.fields().values():
        if rng.random() < supplied:
            _supply(facts, field, rng)
    return facts


def _supply(facts: facts_pb2.Facts, field: vocabulary.Field, rng: random.Random) -> None:
    *parents, name = field.path.split(".")
    message: Any = facts
    for parent in parents:
        message = getattr(message, parent)
    if field.path == "application.date":
        message.date = rng.choice(_DAYS)
    elif field.type == "list(string)":
        getattr(message, name).extend(rng.sample(_KINDS, rng.randrange(3)))
    elif field.type.startswith("list("):
        for _ in range(rng.randrange(5)):
            _add_neighbour(getattr(message, name), rng)
    elif field.known_by:
        getattr(message, name).value = rng.choice(_VALUES[field.type])
    else:
        setattr(message, name, rng.choice(_VALUES[field.type]))


def _add_neighbour(neighbours: Any, rng: random.Random) -> None:
    neighbours.add(
        fraud=rng.random() < 0.3,
        kinds=rng.sample(_KINDS, rng.randrange(4)),
        days=rng.choice((0, 1, 6, 7, 30)),
        same_person=rng.random() < 0.2,
    )


class Conditions:
    """Random CEL text of a wanted type."""

    def __init__(
        self,
        rng: random.Random,
        signals: tuple[str, ...],
        defined: dict[str, list[str]] | None = None,
    ) -> None:
        self._rng, self._signals, self._defined = rng, signals, defined or {}
        by_type: dict[str, list[str]] = {}
        for field in vocabulary.fields().values():
            by_type.setdefault(field.type, []).append(field.path)
        self._paths = by_type
        self._nullable = [f.path for f in vocabulary.fields().values() if f.known_by == f.path]

    def bool(self, depth: int, names: dict[str, str] | None = None) -> str:
        """A condition; ``names``: macro variables in scope and their types."""
        names = names or {}
        if depth <= 0:
            return self._leaf("bool", names)
        make = self._rng.choice(
            (
                self._junction,
                self._junction,
                self._negation,
                self._comparison,
                self._comparison,
                self._equality,
                self._membership,
                self._ternary_bool,
                self._text_test,
                self._null_test,
                self._macro,
                self._leaf_bool,
            )
        )
        return make(depth - 1, names)

    def _leaf_bool(self, _depth: int, names: dict[str, str]) -> str:
        return self._leaf("bool", names)

    def _leaf(self, kind: str, names: dict[str, str]) -> str:
        local = self._local(kind, names)
        if local and self._rng.random() < 0.6:
            return self._rng.choice(local)
        if self._defined.get(kind) and self._rng.random() < 0.2:
            return self._rng.choice(self._defined[kind])
        if kind == "bool" and self._signals and self._rng.random() < 0.35:
            return f"signals.{self._rng.choice(self._signals)}"
        if self._rng.random() < 0.75:
            return self._rng.choice(self._paths[kind])
        return _literal(self._rng.choice(_VALUES[kind]))

    def _local(self, kind: str, names: dict[str, str]) -> list[str]:
        found: list[str] = []
        for name, type_ in names.items():
            if type_ == kind:
                found.append(name)
            elif type_ == "neighbour":
                members = {"bool": ("fraud", "same_person"), "int": ("days",)}
                found.extend(f"{name}.{member}" for member in members.get(kind, ()))
        return found

    def value(self, kind: str, depth: int) -> str:
        """A value of a scalar type."""
        return self._value(kind, depth, {})

    def _value(self, kind: str, depth: int, names: dict[str, str]) -> str:
        if kind == "bool":
            return f"({self.bool(depth, names)})"
        if depth <= 0 or self._rng.random() < 0.4:
            return self._leaf(kind, names)
        if self._rng.random() < 0.2:
            branches = (self._value(kind, depth - 1, names) for _ in range(2))
            return f"({self.bool(depth - 1, names)} ? {' : '.join(branches)})"
        return {"int": self._int, "double": self._double, "string": self._string}[kind](
            depth - 1, names
        )

    def _int(self, depth: int, names: dict[str, str]) -> str:
        rng, left = self._rng, self._value("int", depth, names)
        match rng.randrange(6):
            case 0:
                return f"size({self._list_of_any(depth, names)})"
            case 1:
                return f"(-{left})" if not left.startswith("-") else left
            case 2:
                return f"int({self._value('double', depth, names)})"
            case 3:
                key = self._value("string", depth, names)
                return f'{{"a": 1, "b": {left}, "CN": 0}}[{key}]'
            case _:
                right = self._value("int", depth, names)
                return f"({left} {rng.choice('+-*/%')} {right})"

    def _double(self, depth: int, names: dict[str, str]) -> str:
        if self._rng.random() < 0.3:
            return f"double({self._value('int', depth, names)})"
        left, right = (self._value("double", depth, names) for _ in range(2))
        return f"({left} {self._rng.choice('+-*/')} {right})"

    def _string(self, depth: int, names: dict[str, str]) -> str:
        if self._rng.random() < 0.3:
            index = self._value("int", depth, names)
            return f"evidence.verified_kinds[{index}]"
        return f"({self._value('string', depth, names)} + {self._value('string', depth, names)})"

    def _list_of_any(self, depth: int, names: dict[str, str]) -> str:
        match self._rng.randrange(4):
            case 0:
                return "evidence.verified_kinds"
            case 1:
                body = self.bool(depth, {**names, f"f{depth}": "neighbour"})
                return f"graph.neighbours.filter(f{depth}, {body})"
            case 2:
                body = self._value("int", depth, {**names, f"m{depth}": "neighbour"})
                return f"graph.neighbours.map(m{depth}, {body})"
            case _:
                items = (self._value("int", depth, names) for _ in range(2))
                return f"[{', '.join(items)}]"

    def _junction(self, depth: int, names: dict[str, str]) -> str:
        sign = self._rng.choice((" && ", " || "))
        parts = (self.bool(depth, names) for _ in range(self._rng.randrange(2, 4)))
        return sign.join(f"({part})" for part in parts)

    def _negation(self, depth: int, names: dict[str, str]) -> str:
        return f"!({self.bool(depth, names)})"

    def _comparison(self, depth: int, names: dict[str, str]) -> str:
        kind = self._rng.choice(("int", "int", "double", "string", "bool"))
        sign = self._rng.choice(("<", "<=", ">", ">="))
        return f"{self._value(kind, depth, names)} {sign} {self._value(kind, depth, names)}"

    def _equality(self, depth: int, names: dict[str, str]) -> str:
        kind = self._rng.choice(("int", "double", "string", "bool"))
        sign = self._rng.choice(("==", "!="))
        return f"{self._value(kind, depth, names)} {sign} {self._value(kind, depth, names)}"

    def _membership(self, depth: int, names: dict[str, str]) -> str:
        kind = self._rng.choice(("int", "double", "string"))
        item = self._value(kind, depth, names)
        if kind == "string" and self._rng.random() < 0.5:
            whole = self._rng.choice(("evidence.verified_kinds", '{"a": 1, "b": 2}'))
            return f"{item} in {whole}"
        items = (self._value(kind, depth, names) for _ in range(self._rng.randrange(1, 4)))
        return f"{item} in [{', '.join(items)}]"

    def _ternary_bool(self, depth: int, names: dict[str, str]) -> str:
        parts = [f"({self.bool(depth, names)})" for _ in range(3)]
        return f"{parts[0]} ? {parts[1]} : {parts[2]}"

    def _text_test(self, depth: int, names: dict[str, str]) -> str:
        name = self._rng.choice(("startsWith", "endsWith", "contains"))
        left, right = (self._value("string", depth, names) for _ in range(2))
        return f"({left}).{name}({right})"

    def _null_test(self, _depth: int, _names: dict[str, str]) -> str:
        paths = [
            *self._nullable,
            *(f"signals.{name}" for name in self._signals),
            *(f"lists.{name}" for name in LISTS if self._defined),
        ]
        path = self._rng.choice(paths)
        return self._rng.choice(
            (f"has({path})", f"!has({path})", f"{path} == null", f"{path} != null")
        )

    def _macro(self, depth: int, names: dict[str, str]) -> str:
        name = self._rng.choice(("exists", "exists", "all", "exists_one"))
        if self._rng.random() < 0.3:
            neighbours = [var for var, kind in names.items() if kind == "neighbour"]
            lists = ["evidence.verified_kinds", *(f"{var}.kinds" for var in neighbours)]
            body = self.bool(depth, {**names, f"k{depth}": "string"})
            return f"{self._rng.choice(lists)}.{name}(k{depth}, {body})"
        body = self.bool(depth, {**names, f"n{depth}": "neighbour"})
        return f"graph.neighbours.{name}(n{depth}, {body})"


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        inner = value.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
        return f'"{inner}"'
    return repr(value)


def random_bundle(rng: random.Random, signals: tuple[str, ...] = SIGNALS) -> Bundle:
    """A bundle of one stage. Rules read only signals of lower number than the one they set."""
    count = rng.randrange(1, 13)
    levels = [rng.randrange(len(signals) + 1) for _ in range(count)]
    sets = [
        signals[level] if level < len(signals) and rng.random() < 0.6 else "" for level in levels
    ]
    declared = tuple(sorted(set(sets) - {""}))
    rules = [
        _rule(rng, number, name, tuple(s for s in declared if not name or s < name), declared)
        for number, name in enumerate(sets)
    ]
    return make_bundle(tuple(rules))


def make_bundle(rules: tuple[Rule, ...]) -> Bundle:
    """A bundle of one stage with these rules."""
    stage = Stage(
        name=STAGE,
        kind=StageKind.RULES,
        rulesets=("random",),
        scorecard=None,
        sources=("graph", "history"),
        span=_NOWHERE,
    )
    codes = (*REASONS, "INFORMATION_MISSING", "RULE_ERROR")
    return Bundle(
        name="random",
        digest="",
        root=Path(),
        strategy=Strategy(
            name="random", currency="CNY", utc_offset_minutes=0, sources={}, stages=(stage,)
        ),
        rulesets={"random": Ruleset(name="random", rules=rules, path="random.yaml")},
        reasons={c: ReasonText(code=c, text_en=f"en {c}", text_zh=f"zh {c}") for c in codes},
        products={},
        files=(),
        warnings=(),
        lists=dict.fromkeys(LISTS, _A_LIST),
    )


def _rule(
    rng: random.Random, number: int, sets: str, readable: tuple[str, ...], signals: tuple[str, ...]
) -> Rule:
    return make_rule(
        number,
        random_condition(rng, readable, signals),
        then=_effects(rng, sets),
        priority=rng.choice((0, 1, 1, 5, 100)),
        on_unknown=_undecided(rng, "INFORMATION_MISSING"),
        on_error=_undecided(rng, "RULE_ERROR"),
    )


def make_rule(
    number: int,
    condition: Condition,
    *,
    then: Effects,
    priority: int = 100,
    on_unknown: Undecided | None = None,
    on_error: Undecided | None = None,
) -> Rule:
    """A rule around a compiled condition."""
    refer = Undecided(fallback=Fallback.REFER, reason="INFORMATION_MISSING")
    return Rule(
        ruleset="random",
        id=f"R{number}",
        description="",
        when=condition,
        then=then,
        priority=priority,
        on_unknown=on_unknown or refer,
        on_error=on_error or Undecided(fallback=Fallback.REFER, reason="RULE_ERROR"),
        span=_NOWHERE,
        reason_span=_NOWHERE,
        path="random.yaml",
        places=(),
    )


def _effects(rng: random.Random, sets: str) -> Effects:
    outcome = rng.choice((None, None, *Outcome))
    return Effects(
        outcome=outcome,
        reason=rng.choice(REASONS) if outcome in {Outcome.REFER, Outcome.DECLINE} else "",
        signal=sets,
        require=tuple(rng.sample(("id_document", "payslip"), rng.randrange(3))),
        cap_line_minor=rng.choice((None, None, 0, 500_000, 2_000_000)),
        adjust_points=rng.choice((0, 0, -10, 5)),
    )


def _undecided(rng: random.Random, built_in: str) -> Undecided:
    fallback = rng.choice(list(Fallback))
    reason = "" if fallback is Fallback.IGNORE else rng.choice((built_in, *REASONS))
    return Undecided(fallback=fallback, reason=reason)


def random_condition(
    rng: random.Random, readable: tuple[str, ...], signals: tuple[str, ...]
) -> Condition:
    """A condition that the language accepts; what it refuses is drawn again."""
    environment = shared_environment(signals, LISTS, NAMED, PARAMS)
    definitions = random_definitions(rng, readable, signals)
    defined: dict[str, list[str]] = {"bool": [f"lists.{name}" for name in LISTS]}
    for root, types in (("named", NAMED), ("params", PARAMS)):
        for name, kind in types:
            defined.setdefault(kind, []).append(f"{root}.{name}")
    while True:
        text = Conditions(rng, readable, defined).bool(rng.randrange(4))
        condition = compile_condition(text, environment, definitions)
        if isinstance(condition, Condition):
            begin, end = rng.choice(("", "", "", *_DAYS)), rng.choice(("", "", "", *_DAYS))
            return Condition(condition.text, within(condition.tree, begin, end))


def random_definitions(
    rng: random.Random, readable: tuple[str, ...], signals: tuple[str, ...]
) -> dict[str, Expr]:
    """Trees of the named expressions and parameters."""
    found: dict[str, Expr] = {}
    environment = shared_environment(signals, LISTS)
    for name, kind in NAMED:
        while f"named.{name}" not in found:
            conditions = Conditions(rng, readable)
            text = conditions.bool(1) if kind == "bool" else conditions.value(kind, 1)
            tree = compile_expression(text, environment)
            if not isinstance(tree, tuple):
                found[f"named.{name}"] = tree
    product = Read(path="application.product", known_by="", type="string")
    for name, kind in PARAMS:
        literals = [Literal(value=rng.choice(_VALUES[kind]), type=kind) for _ in range(2)]
        test = Call(
            name="==", operands=(product, Literal(value="classic", type="string")), type="bool"
        )
        found[f"params.{name}"] = Conditional(
            condition=test, yes=literals[0], no=literals[1], type=kind
        )
    return found
