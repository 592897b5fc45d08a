"""CEL environments: the vocabulary, and what a bundle itself names as messages of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cel_expr_python import cel
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.message import Message

from engine.rules.vocabulary import (
    BUNDLE_ROOTS,
    LISTS,
    NAMED,
    PARAMS,
    SIGNALS,
    Field,
    fields,
    roots,
)
from touchstone.v1 import facts_pb2

_PACKAGE = "touchstone.policy"
_MESSAGES = {root: f"{_PACKAGE}.{root.capitalize()}" for root in BUNDLE_ROOTS}
_TOLD = ".google.protobuf.BoolValue"
_SCALARS = {
    "bool": descriptor_pb2.FieldDescriptorProto.TYPE_BOOL,
    "double": descriptor_pb2.FieldDescriptorProto.TYPE_DOUBLE,
    "int": descriptor_pb2.FieldDescriptorProto.TYPE_INT64,
    "string": descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
}

Types = tuple[tuple[str, str], ...]
"""Names and their CEL types: a scalar, or ``list(scalar)``."""


@dataclass(frozen=True, slots=True)
class CelProblem:
    """One complaint of the CEL compiler; line and column from 1 (both -1: nowhere)."""

    line: int
    column: int
    message: str


class CelRefused(Exception):
    """The CEL compiler refused an expression."""

    def __init__(self, problems: tuple[CelProblem, ...], text: str) -> None:
        self.problems = problems
        super().__init__(text)


class Environment:
    """One CEL environment over the vocabulary and what a bundle names.

    A signal or a list is a ``BoolValue``: set when it is known, so that it follows the same
    three-valued logic as every other field. Named expressions and parameters have a type only:
    they are written out before anything is evaluated. Not to be shared between threads.
    """

    def __init__(
        self,
        signals: tuple[str, ...],
        lists: tuple[str, ...] = (),
        named: Types = (),
        params: Types = (),
    ) -> None:
        pool, self._classes = _told_types(signals, lists)
        if named or params:
            pool = _pool(signals, lists, named, params)
        variables = {
            item.name: cel.Type(item.message_type.full_name)
            for item in facts_pb2.Facts.DESCRIPTOR.fields
            if item.message_type is not None
        }
        variables |= {root: cel.Type(name) for root, name in _MESSAGES.items()}
        self._env = cel.NewEnv(pool, variables=variables)

    @property
    def fields(self) -> Mapping[str, Field]:
        """What a condition may read, by path."""
        return fields()

    def compile(self, text: str) -> Any:  # noqa: ANN401 - cel.Expression
        """Compile one expression, or raise ``CelRefused``."""
        try:
            return self._env.compile(text)
        except RuntimeError as error:
            raise CelRefused(_problems(str(error)), str(error)) from None

    def activation(
        self, facts: facts_pb2.Facts, signals: Mapping[str, bool], lists: Mapping[str, bool]
    ) -> Any:  # noqa: ANN401 - cel.Activation
        """Bind the facts, and the signals and lists that are known."""
        data: dict[str, Message] = {name: getattr(facts, name) for name in roots()}
        for root, known in ((SIGNALS, signals), (LISTS, lists)):
            message: Any = self._classes[root]()
            for name, value in known.items():
                getattr(message, name).value = value
            data[root] = message
        return self._env.Activation(data)


@lru_cache(maxsize=256)
def _told_types(
    signals: tuple[str, ...], lists: tuple[str, ...]
) -> tuple[descriptor_pool.DescriptorPool, Mapping[str, type[Message]]]:
    """The pool with the messages of signals and lists, and their classes.

    Kept, because protobuf never gives a class made at run time back: 47 kB for each.
    """
    pool = _pool(signals, lists, (), ())
    return pool, {
        root: message_factory.GetMessageClass(pool.FindMessageTypeByName(_MESSAGES[root]))
        for root in (SIGNALS, LISTS)
    }


def _pool(
    signals: tuple[str, ...], lists: tuple[str, ...], named: Types, params: Types
) -> descriptor_pool.DescriptorPool:
    pool = descriptor_pool.DescriptorPool()
    _copy(facts_pb2.DESCRIPTOR, pool, set())
    pool.Add(_bundle_file(signals, lists, named, params))
    return pool


@lru_cache(maxsize=16)
def shared_environment(
    signals: tuple[str, ...],
    lists: tuple[str, ...] = (),
    named: Types = (),
    params: Types = (),
) -> Environment:
    """An environment for compiling only; evaluators build their own."""
    return Environment(signals, lists, named, params)


def _copy(file: FileDescriptor, pool: descriptor_pool.DescriptorPool, done: set[str]) -> None:
    for dependency in file.dependencies:
        _copy(dependency, pool, done)
    if file.name not in done:
        done.add(file.name)
        proto = descriptor_pb2.FileDescriptorProto()
        file.CopyToProto(proto)
        pool.Add(proto)


def _bundle_file(
    signals: tuple[str, ...], lists: tuple[str, ...], named: Types, params: Types
) -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(
        name="touchstone/policy/bundle.proto",
        package=_PACKAGE,
        syntax="proto3",
        dependency=["google/protobuf/wrappers.proto"],
    )
    told = {SIGNALS: signals, LISTS: lists}
    for root, names in told.items():
        _add_message(file, root, tuple((name, _TOLD) for name in names))
    for root, types in ((NAMED, named), (PARAMS, params)):
        _add_message(file, root, types)
    return file


def _add_message(file: descriptor_pb2.FileDescriptorProto, root: str, types: Types) -> None:
    message = file.message_type.add(name=_MESSAGES[root].rpartition(".")[2])
    field_proto = descriptor_pb2.FieldDescriptorProto
    for number, (name, kind) in enumerate(types, start=1):
        field = message.field.add(name=name, number=number, label=field_proto.LABEL_OPTIONAL)
        if kind == _TOLD:
            field.type, field.type_name = field_proto.TYPE_MESSAGE, _TOLD
            continue
        if kind.startswith("list("):
            field.label = field_proto.LABEL_REPEATED
        field.type = _SCALARS[kind.removeprefix("list(").removesuffix(")")]


_PROBLEM = re.compile(r"^ERROR: <input>:(-?\d+):(-?\d+): (.*)$", re.MULTILINE)


def _problems(text: str) -> tuple[CelProblem, ...]:
    text = text.removeprefix("INVALID_ARGUMENT: ").removesuffix(" [INVALID_ARGUMENT]")
    found = tuple(
        CelProblem(int(line), int(column), message)
        for line, column, message in _PROBLEM.findall(text)
    )
    return found or (CelProblem(-1, -1, text),)
