"""Conditions as CEL programs: one guarded list for all, each alone for the undecided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.rules.ast import And, Conditional, Expr, Not, Or, atoms, is_structure, reads
from engine.rules.condition import Condition
from engine.rules.environment import Environment
from engine.rules.evaluator import RuleEngineError
from engine.rules.result import ERROR, HIT, MISS, Verdict
from engine.rules.unknowns import Knowledge
from engine.rules.unparse import unparse

_FALSE, _TRUE, _UNDECIDED = 0, 1, 2
#: cel-cpp refuses expressions of more than 100,000 characters.
MAX_LIST_CHARACTERS = 50_000


class ConditionSet:
    """The conditions of one stratum, compiled in one environment. Not thread-safe."""

    def __init__(self, conditions: Sequence[Condition], environment: Environment) -> None:
        self._alone = tuple(_Alone(condition, environment) for condition in conditions)
        guarded = [_guarded(condition) for condition in conditions]
        self._lists = tuple(
            (len(chunk), environment.compile(f"[{', '.join(chunk)}]")) for chunk in _chunks(guarded)
        )

    def verdicts(self, activation: Any, knowledge: Knowledge) -> list[Verdict]:  # noqa: ANN401
        """Each condition's verdict."""
        found: list[Verdict] = []
        for size, program in self._lists:
            alone = self._alone[len(found) : len(found) + size]
            codes = _codes(program, activation, size)
            found.extend(
                HIT
                if code == _TRUE
                else MISS
                if code == _FALSE
                else item.verdict(activation, knowledge)
                for code, item in zip(codes, alone, strict=True)
            )
        return found


def _guarded(condition: Condition) -> str:
    """1 true, 0 false, 2 to be looked at alone: one ERROR would spoil the whole list."""
    text = f"({unparse(condition.tree, strict=False)}) ? {_TRUE} : {_FALSE}"
    guards = dict.fromkeys(item.known_by for item in condition.reads if item.known_by)
    if not guards:
        return f"({text})"
    known = " && ".join(f"has({path})" for path in guards)
    return f"({known} ? ({text}) : {_UNDECIDED})"


def _chunks(texts: Sequence[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    size = 0
    for text in texts:
        if chunk and size + len(text) > MAX_LIST_CHARACTERS:
            yield chunk
            chunk, size = [], 0
        chunk.append(text)
        size += len(text) + 2
    if chunk:
        yield chunk


def _codes(program: Any, activation: Any, size: int) -> Sequence[int]:  # noqa: ANN401
    """One code a condition; all undecided if one of them failed."""
    try:
        value = program.eval(activation).plain_value()
    except RuntimeError:
        return [_UNDECIDED] * size
    if isinstance(value, list) and len(value) == size:
        return value
    return [_UNDECIDED] * size


def _truth(program: Any, activation: Any) -> bool | None:  # noqa: ANN401
    """True, false, or ``None`` if the program ended in an ERROR."""
    try:
        value = program.eval(activation).plain_value()
    except RuntimeError:
        return None
    return value if isinstance(value, bool) else None


class _Alone:
    """One condition in strict text, and its atoms if they are needed to tell the cause."""

    def __init__(self, condition: Condition, environment: Environment) -> None:
        self._condition = condition
        self._program = environment.compile(unparse(condition.tree, strict=True))
        self._atoms: Mapping[int, Any] = {}
        if condition.can_err and condition.can_be_unknown:
            self._atoms = {
                id(atom): environment.compile(unparse(atom, strict=True))
                for atom in atoms(condition.tree)
            }

    def verdict(self, activation: Any, knowledge: Knowledge) -> Verdict:  # noqa: ANN401
        truth = _truth(self._program, activation)
        if truth is not None:
            return HIT if truth else MISS
        if self._cause_is_unknown(activation, knowledge):
            return knowledge.unknown(self._condition)
        return ERROR

    def _cause_is_unknown(self, activation: Any, knowledge: Knowledge) -> bool:  # noqa: ANN401
        if not self._atoms:
            return self._condition.can_be_unknown
        verdict = self._kleene(self._condition.tree, activation, knowledge)
        if verdict is True or verdict is False:
            raise RuleEngineError("the atoms decide what the whole condition did not")
        return verdict is None

    def _kleene(
        self,
        node: Expr,
        activation: Any,  # noqa: ANN401
        knowledge: Knowledge,
    ) -> bool | Verdict | None:
        """True, false, ``None`` for unknown, or ``ERROR``; unknown outweighs an error."""
        if not is_structure(node):
            truth = _truth(self._atoms[id(node)], activation)
            if truth is not None:
                return truth
            return None if knowledge.missing(reads(node)) else ERROR
        match node:
            case Not():
                inner = self._kleene(node.operand, activation, knowledge)
                return not inner if isinstance(inner, bool) else inner
            case Conditional():
                chosen = self._kleene(node.condition, activation, knowledge)
                if not isinstance(chosen, bool):
                    return chosen
                return self._kleene(node.yes if chosen else node.no, activation, knowledge)
            case And() | Or():
                parts = [self._kleene(item, activation, knowledge) for item in node.operands]
                return _junction(parts, decisive=isinstance(node, Or))
        raise TypeError(type(node).__name__)


def _junction(parts: Sequence[bool | Verdict | None], *, decisive: bool) -> bool | Verdict | None:
    if any(part is decisive for part in parts):
        return decisive
    if any(part is None for part in parts):
        return None
    return ERROR if any(part is ERROR for part in parts) else not decisive
