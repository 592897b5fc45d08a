"""CEL environments: the vocabulary, and the signals of a bundle as a message of their own."""

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

from engine.rules.vocabulary import SIGNALS, roots
from touchstone.v1 import facts_pb2

_SIGNALS_MESSAGE = "touchstone.policy.Signals"


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
    """One CEL environment over the vocabulary and the given signals.

    A signal is a ``BoolValue``: set when it is known, so that it follows the same three-valued
    logic as every other field. Not to be shared between threads.
    """

    def __init__(self, signals: tuple[str, ...]) -> None:
        pool, self._signals_class = _signals_type(signals)
        fields = facts_pb2.Facts.DESCRIPTOR.fields
        variables = {
            item.name: cel.Type(item.message_type.full_name)
            for item in fields
            if item.message_type is not None
        }
        variables[SIGNALS] = cel.Type(_SIGNALS_MESSAGE)
        self._env = cel.NewEnv(pool, variables=variables)

    def compile(self, text: str) -> Any:  # noqa: ANN401 - cel.Expression
        """Compile one expression, or raise ``CelRefused``."""
        try:
            return self._env.compile(text)
        except RuntimeError as error:
            raise CelRefused(_problems(str(error)), str(error)) from None

    def activation(self, facts: facts_pb2.Facts, signals: Mapping[str, bool]) -> Any:  # noqa: ANN401
        """Bind the facts and the known signals."""
        message: Any = self._signals_class()
        for name, value in signals.items():
            getattr(message, name).value = value
        data: dict[str, Message] = {name: getattr(facts, name) for name in roots()}
        data[SIGNALS] = message
        return self._env.Activation(data)


@lru_cache(maxsize=256)
def _signals_type(
    signals: tuple[str, ...],
) -> tuple[descriptor_pool.DescriptorPool, type[Message]]:
    """The pool with the signals' message, and its class.

    Kept, because protobuf never gives a class made at run time back: 47 kB for each.
    """
    pool = descriptor_pool.DescriptorPool()
    _copy(facts_pb2.DESCRIPTOR, pool, set())
    pool.Add(_signals_file(signals))
    descriptor = pool.FindMessageTypeByName(_SIGNALS_MESSAGE)
    return pool, message_factory.GetMessageClass(descriptor)


@lru_cache(maxsize=16)
def shared_environment(signals: tuple[str, ...]) -> Environment:
    """An environment for compiling only; evaluators build their own."""
    return Environment(signals)


def _copy(file: FileDescriptor, pool: descriptor_pool.DescriptorPool, done: set[str]) -> None:
    for dependency in file.dependencies:
        _copy(dependency, pool, done)
    if file.name not in done:
        done.add(file.name)
        proto = descriptor_pb2.FileDescriptorProto()
        file.CopyToProto(proto)
        pool.Add(proto)


def _signals_file(signals: tuple[str, ...]) -> descriptor_pb2.FileDescriptorProto:
    package, _, name = _SIGNALS_MESSAGE.rpartition(".")
    file = descriptor_pb2.FileDescriptorProto(
        name="touchstone/policy/signals.proto",
        package=package,
        syntax="proto3",
        dependency=["google/protobuf/wrappers.proto"],
    )
    message = file.message_type.add(name=name)
    for number, signal in enumerate(signals, start=1):
        message.field.add(
            name=signal,
            number=number,
            label=descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL,
            type=descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE,
            type_name=".google.protobuf.BoolValue",
        )
    return file


_PROBLEM = re.compile(r"^ERROR: <input>:(-?\d+):(-?\d+): (.*)$", re.MULTILINE)


def _problems(text: str) -> tuple[CelProblem, ...]:
    text = text.removeprefix("INVALID_ARGUMENT: ").removesuffix(" [INVALID_ARGUMENT]")
    found = tuple(
        CelProblem(int(line), int(column), message)
        for line, column, message in _PROBLEM.findall(text)
    )
    return found or (CelProblem(-1, -1, text),)
