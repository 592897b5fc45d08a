"""Conditions of a review: CEL over the columns of an account and its new score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from cel_expr_python import cel
from google.protobuf import descriptor_pb2, descriptor_pool, wrappers_pb2

from engine.portfolio.columns import Column, Kind
from engine.portfolio.verdicts import Unsupported, supported
from engine.rules.ast import Has, walk
from engine.rules.condition import Condition, compile_condition
from engine.rules.diagnostics import Code, did_you_mean
from engine.rules.environment import Environment
from engine.rules.explain import Problem
from engine.rules.vocabulary import Field

ACCOUNT, SCORE = "account", "score"

#: What is computed of each account and can be read beside its columns.
DERIVED: tuple[tuple[str, str, Kind, str], ...] = (
    (ACCOUNT, "utilisation", Kind.DOUBLE, "Balance over line; unknown where the line is 0"),
    (SCORE, "pd", Kind.DOUBLE, "Probability of default by the new rating, rounded up to 1e-6"),
    (SCORE, "points", Kind.INT, "Points of the new rating; unknown if a column gives the PD"),
)
_PACKAGE = "touchstone.portfolio"
_WRAPPERS = {
    Kind.INT: ".google.protobuf.Int64Value",
    Kind.DOUBLE: ".google.protobuf.DoubleValue",
    Kind.STRING: ".google.protobuf.StringValue",
    Kind.BOOL: ".google.protobuf.BoolValue",
}


class AccountEnvironment(Environment):
    """The environment of a review's conditions: every field can be unknown."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        own = [(ACCOUNT, item.name, item.kind) for item in columns if item.read]
        own += [(root, name, kind) for root, name, kind, _ in DERIVED]
        self._fields = MappingProxyType(
            {
                f"{root}.{name}": Field(f"{root}.{name}", kind.value, f"{root}.{name}")
                for root, name, kind in own
            }
        )
        pool = descriptor_pool.DescriptorPool()
        wrapped = descriptor_pb2.FileDescriptorProto()
        wrappers_pb2.DESCRIPTOR.CopyToProto(wrapped)
        pool.Add(wrapped)
        pool.Add(_file(own))
        variables = {root: cel.Type(f"{_PACKAGE}.{root}") for root in (ACCOUNT, SCORE)}
        self._env = cel.NewEnv(pool, variables=variables)

    @property
    def fields(self) -> Mapping[str, Field]:
        """What a condition may read, by path."""
        return self._fields


def _file(fields: list[tuple[str, str, Kind]]) -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(
        name="touchstone/portfolio/account.proto",
        package=_PACKAGE,
        syntax="proto3",
        dependency=["google/protobuf/wrappers.proto"],
    )
    proto = descriptor_pb2.FieldDescriptorProto
    for root in (ACCOUNT, SCORE):
        message = file.message_type.add(name=root)
        for number, (_, name, kind) in enumerate((f for f in fields if f[0] == root), start=1):
            message.field.add(
                name=name,
                number=number,
                label=proto.LABEL_OPTIONAL,
                type=proto.TYPE_MESSAGE,
                type_name=_WRAPPERS[kind],
            )
    return file


def compile_rule(text: str, environment: AccountEnvironment) -> Condition | tuple[Problem, ...]:
    """The condition, or the problems with character offsets into ``text``."""
    found = compile_condition(text, environment)
    if isinstance(found, tuple):
        return tuple(_hinted(text, problem, environment) for problem in found)
    return tuple(_refused(found)) or found


def _refused(condition: Condition) -> Iterator[Problem]:
    """Presence would let an unknown value decide; lists and macros have nothing to run over."""
    for node in walk(condition.tree):
        if isinstance(node, Has):
            message = "whether a value is known is not asked here"
            hint = "what is unknown never raises a line, and nobody is cut for it"
            yield Problem(Code.NOT_IN_LANGUAGE, node.offset, 1, message, hint=hint)
            return
    try:
        supported(condition.tree)
    except Unsupported as refused:
        message = "this is not in the language of a portfolio review"
        hint = "compare columns, `in [a, b]`, `&&`, `||`, `!`, `? :`, arithmetic, texts"
        yield Problem(Code.NOT_IN_LANGUAGE, refused.offset, 1, message, hint=hint)


def _hinted(text: str, problem: Problem, environment: AccountEnvironment) -> Problem:
    if problem.code is not Code.UNKNOWN_FIELD:
        return problem
    word = text[problem.offset : problem.offset + problem.length]
    known = [path.partition(".")[2] for path in environment.fields]
    hint = did_you_mean(word, [*known, ACCOUNT, SCORE])
    message = problem.message.replace("the vocabulary", "the columns of a review")
    return replace(problem, message=message, hint=hint or "a condition reads account.x or score.x")
