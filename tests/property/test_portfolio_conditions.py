"""Conditions over columns, held against CEL itself, account by account."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from cel_expr_python import cel
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, wrappers_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.portfolio.columns import COLUMNS, Column, Kind
from engine.portfolio.language import AccountEnvironment, _file, compile_rule
from engine.portfolio.verdicts import Values, verdicts
from engine.rules.condition import Condition
from engine.rules.unparse import unparse

_FIELDS = {
    "account.age": Kind.INT,
    "account.line_minor": Kind.INT,
    "account.is_student": Kind.BOOL,
    "account.branch": Kind.STRING,
    "account.ratio": Kind.DOUBLE,
    "score.pd": Kind.DOUBLE,
}
_COLUMNS = (*COLUMNS, Column("ratio", Kind.DOUBLE, "made up"))
_ENVIRONMENT = AccountEnvironment(_COLUMNS)
_SOME: dict[Kind, list[Any]] = {
    Kind.INT: [-(2**62), -3, -1, 0, 1, 2, 7, 2**62],
    Kind.DOUBLE: [-1.5, 0.0, 0.25, 2.0, 1e300],
    Kind.BOOL: [False, True],
    Kind.STRING: ["", "a", "ab", "b"],
}
_READS = {kind: [path for path, of in _FIELDS.items() if of is kind] for kind in Kind}
_SIGNS = ["==", "!=", "<", "<=", ">", ">="]


def _number(chance: Random, kind: Kind, depth: int = 1) -> str:
    if not depth or chance.random() < 0.5:
        spelled = ["0.0", "0.5", "2.0"] if kind is Kind.DOUBLE else ["0", "1", "2", "5"]
        return chance.choice([chance.choice(_READS[kind]), chance.choice(spelled)])
    sign = chance.choice(["+", "-", "*", "/"] + (["%"] if kind is Kind.INT else []))
    return f"({_number(chance, kind, depth - 1)} {sign} {_number(chance, kind, depth - 1)})"


def _atom(chance: Random) -> str:
    form, sign = chance.randrange(6), chance.choice(_SIGNS)
    if form == 0:
        return "account.is_student"
    if form == 1:
        word = chance.choice(["'a'", "'ab'", "account.branch"])
        call = chance.choice(["startsWith", "endsWith", "contains"])
        return f"account.branch.{call}({word})"
    if form == 2:
        return f"account.branch in ['a', {chance.choice(['account.branch', repr('b')])}]"
    if form == 3:
        return f"size(account.branch) {sign} {chance.randrange(3)}"
    kind = Kind.INT if form == 4 else Kind.DOUBLE
    return f"{_number(chance, kind)} {sign} {_number(chance, kind)}"


def _condition(chance: Random, depth: int = 2) -> str:
    if not depth or chance.random() < 0.25:
        return _atom(chance)
    form = chance.choice(["({} && {})", "({} || {})", "!({})", "({} ? {} : !({}))"])
    return form.format(*(_condition(chance, depth - 1) for _ in range(3)))


def _row(chance: Random) -> dict[str, Any]:
    return {
        path: None if chance.random() < 0.3 else chance.choice(_SOME[kind])
        for path, kind in _FIELDS.items()
    }


class _Cel:
    """CEL over the same columns, an account at a time."""

    def __init__(self) -> None:
        fields = [(*path.split("."), kind) for path, kind in _FIELDS.items()]
        pool = descriptor_pool.DescriptorPool()
        wrapped = descriptor_pb2.FileDescriptorProto()
        wrappers_pb2.DESCRIPTOR.CopyToProto(wrapped)
        pool.Add(wrapped)
        pool.Add(_file(fields))  # type: ignore[arg-type]
        self._types = {
            root: message_factory.GetMessageClass(
                pool.FindMessageTypeByName(f"touchstone.portfolio.{root}")
            )
            for root in ("account", "score")
        }
        names = {root: cel.Type(f"touchstone.portfolio.{root}") for root in self._types}
        self._env = cel.NewEnv(pool, variables=names)

    def truths(self, condition: Condition, rows: list[dict[str, Any]]) -> list[bool | None]:
        """Of each row. None: unknown, or no value."""
        program = self._env.compile(unparse(condition.tree, strict=True))
        return [self._truth(program, row) for row in rows]

    def _truth(self, program: Any, row: dict[str, Any]) -> bool | None:
        data: dict[str, Any] = {root: kind() for root, kind in self._types.items()}
        for path, value in row.items():
            root, name = path.split(".")
            if value is not None:
                getattr(data[root], name).value = value
        try:
            found = program.eval(self._env.Activation(data)).plain_value()
        except RuntimeError:
            return None
        return found if isinstance(found, bool) else None


_ORACLE = _Cel()


def _columns(rows: list[dict[str, Any]]) -> dict[str, Values]:
    kinds = {Kind.INT: np.int64, Kind.DOUBLE: np.float64, Kind.BOOL: np.bool_}
    empty = {Kind.INT: 0, Kind.DOUBLE: 0.0, Kind.BOOL: False, Kind.STRING: ""}
    return {
        path: Values(
            np.array(
                [empty[kind] if row[path] is None else row[path] for row in rows],
                dtype=kinds.get(kind, object),
            ),
            np.array([row[path] is not None for row in rows]),
        )
        for path, kind in _FIELDS.items()
    }


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**64))
def test_every_verdict_is_that_of_cel(seed: int) -> None:
    """True, false, or no value, of 2,000 conditions: what overflows may be unknown earlier."""
    chance = Random(seed)
    for _ in range(50):
        _compare(_condition(chance), [_row(chance) for _ in range(5)])


def _compare(text: str, rows: list[dict[str, Any]]) -> None:
    condition = compile_rule(text, _ENVIRONMENT)
    assert isinstance(condition, Condition), condition
    true, unknown = verdicts(condition.tree, _columns(rows), len(rows))
    for place, (row, theirs) in enumerate(zip(rows, _ORACLE.truths(condition, rows), strict=True)):
        ours = None if unknown[place] else bool(true[place])
        large = any(isinstance(v, int) and abs(v) > 10**6 for v in row.values())
        assert ours == theirs or (ours is None and large), (text, row)


@pytest.mark.parametrize(
    "text, told",
    [
        ("has(account.age)", "whether a value is known is not asked here"),
        ("account.age == null", "whether a value is known is not asked here"),
        ("[1, 2].exists(x, x == account.age)", "not in the language of a portfolio review"),
        ("account.branch + 'a' == 'aa'", "not in the language of a portfolio review"),
        ("account.aeg > 3", "`account.aeg` is not in the columns of a review"),
        ("applicant.age > 3", "`applicant.age` is not in the columns of a review"),
        ("account.age > 3.0", "`>` does not apply to int and double"),
        ("account.age + 1", "not bool"),
    ],
)
def test_what_is_not_in_the_language_is_told(text: str, told: str) -> None:
    """With what to do."""
    found = compile_rule(text, _ENVIRONMENT)
    assert isinstance(found, tuple)
    assert told in found[0].message
