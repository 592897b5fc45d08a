"""Compiles the text of one condition to a tree, or says what is wrong with it and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType

from engine.rules.ast import Expr, Read, can_err, depth, mentions, reads, walk
from engine.rules.checked import Checked
from engine.rules.convert import Converter, NotInLanguage
from engine.rules.diagnostics import Code
from engine.rules.environment import CelRefused, Environment
from engine.rules.explain import Problem, explain, explain_type
from engine.rules.unparse import unparse

MAX_LENGTH = 4_000
MAX_DEPTH = 16
MAX_NODES = 2_000
NO_DEFINITIONS: Mapping[str, Expr] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked condition.

    ``reads``: the fields whose values it takes. ``mentions``: their paths, and those of the
    fields whose presence it asks, in the order written.
    """

    text: str
    tree: Expr
    reads: tuple[Read, ...] = field(init=False, compare=False)
    mentions: tuple[str, ...] = field(init=False, compare=False)
    can_err: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Derive what evaluators ask for at every request."""
        object.__setattr__(self, "reads", reads(self.tree))
        object.__setattr__(self, "mentions", mentions(self.tree))
        object.__setattr__(self, "can_err", can_err(self.tree))

    @property
    def can_be_unknown(self) -> bool:
        """Whether it reads a field that nobody may have supplied."""
        return any(item.known_by for item in self.reads)


def compile_condition(
    text: str, environment: Environment, definitions: Mapping[str, Expr] = NO_DEFINITIONS
) -> Condition | tuple[Problem, ...]:
    """The condition, or the problems with character offsets into ``text``."""
    tree = compile_expression(text, environment, definitions, only_bool=True)
    return tree if isinstance(tree, tuple) else within_limits(text, tree, environment)


def compile_expression(
    text: str,
    environment: Environment,
    definitions: Mapping[str, Expr] = NO_DEFINITIONS,
    *,
    only_bool: bool = False,
) -> Expr | tuple[Problem, ...]:
    """The tree with its definitions written out, or the problems with offsets into ``text``."""
    if len(text) > MAX_LENGTH:
        return (_limit(0, f"the condition has {len(text)} characters, more than {MAX_LENGTH}"),)
    try:
        expression = environment.compile(text)
    except CelRefused as refused:
        # What follows from another problem tells nothing new.
        own = [item for item in refused.problems if "'*error*'" not in item.message]
        told = tuple(explain(text, item) for item in own or refused.problems)
        # After a number that CEL does not read, it stumbles over the rest of the line.
        return next(((item,) for item in told if item.hint.startswith("write ")), told)
    if only_bool and expression.return_type().name() != "BOOL":
        name = explain_type(expression.return_type().name())
        return (Problem(Code.NOT_BOOL, 0, len(text), f"the condition is {name}, not bool"),)
    try:
        tree = Converter(Checked(expression.serialize()), definitions, environment.fields).convert()
    except NotInLanguage as refused:
        code = Code.EXPRESSION_LIMIT if refused.limit else Code.NOT_IN_LANGUAGE
        return (Problem(code, refused.offset, 1, refused.message, hint=refused.hint),)
    # Here, not only for whole rules: definitions that read one another grow by powers.
    return _beyond(tree) or tree


def within_limits(
    text: str, tree: Expr, environment: Environment
) -> Condition | tuple[Problem, ...]:
    """The condition, or the problem that it is beyond what the rule engine was measured with."""
    beyond = _beyond(tree)
    if beyond:
        return beyond
    try:
        for strict in (False, True):
            environment.compile(unparse(tree, strict=strict))
    except CelRefused:
        return (_limit(0, "the condition is too large for the rule engine"),)
    return Condition(text, tree)


def _beyond(tree: Expr) -> tuple[Problem, ...]:
    """The problem with a tree that is too large; looks at no more than the parts allowed."""
    if next(islice(walk(tree), MAX_NODES, None), None) is not None:
        return (_limit(0, f"the condition has more than {MAX_NODES} parts"),)
    if depth(tree) > MAX_DEPTH:
        return (_limit(0, f"the condition is nested deeper than {MAX_DEPTH} levels"),)
    return ()


def _limit(offset: int, message: str) -> Problem:
    return Problem(
        Code.EXPRESSION_LIMIT, offset, 1, message, hint="split it into two rules with a signal"
    )
