"""From a model of the formulas to an application, told as facts of the vocabulary."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import z3

from engine.model import EvidenceKind, IdentifierKind
from engine.proof.baseline import baseline
from engine.proof.lists import NEIGHBOURS, SLOTS
from engine.proof.logic import Term
from engine.proof.stages import FAMILIES
from engine.proof.world import KINDS, World
from engine.rules import vocabulary
from engine.rules.vocabulary import LISTS
from engine.suppose import Value

_INCOME, _OWED, _DTI = (
    "evidence.verified_income_minor",
    "bureau.monthly_obligations_minor",
    "evidence.debt_to_income",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """An application: every field of the vocabulary, and the lists that rules read.

    ``families``: reasons of the score exist.
    """

    facts: Mapping[str, Value | None]
    families: bool


class Reader:
    """Reads applications out of models, and says how an ordinary one would look."""

    def __init__(self, world: World, absent: Iterable[str], lists: Iterable[str]) -> None:
        self._world = world
        self._lists = tuple(f"{LISTS}.{name}" for name in lists)
        self.ordinary = baseline(world.products, absent) | dict.fromkeys(self._lists, False)

    def witness(self, model: Any) -> Witness:  # noqa: ANN401 - z3 has no types
        """The application that a model describes."""
        facts = {path: self._value(model, path) for path in vocabulary.fields()}
        income, owed = facts[_INCOME], facts[_OWED]
        if facts[_DTI] is not None and isinstance(income, int) and isinstance(owed, int) and income:
            facts[_DTI] = owed / income
        facts |= {path: self._listed(model, path) for path in self._lists}
        families = _is_true(model, self._world.free_truth(FAMILIES, FAMILIES))
        return Witness(facts=facts, families=families)

    def _listed(self, model: Any, path: str) -> bool | None:  # noqa: ANN401 - z3 has no types
        if not _is_true(model, self._world.known(path)):
            return None
        return _is_true(model, self._world.term(path))

    def _value(self, model: Any, path: str) -> Value | None:  # noqa: ANN401
        field, world = vocabulary.fields()[path], self._world
        if field.known_by and not _is_true(model, world.known(field.known_by)):
            return () if field.type.startswith("list(") else None
        if path == KINDS:
            return tuple(sorted(k for k in EvidenceKind if _is_true(model, world.has_kind(k))))
        if path == NEIGHBOURS:
            return self._neighbours(model)
        if field.type.startswith("list("):
            return ()
        return self._scalar(model, field)

    def _scalar(self, model: Any, field: vocabulary.Field) -> Value:  # noqa: ANN401
        found = model.eval(self._world.term(field.path), model_completion=True)
        match field.type:
            case "bool":
                return bool(z3.is_true(found))
            case "int":
                return int(found.as_long())
            case "double":
                return _as_double(found)
            case _:
                return self._text(field.path, int(found.as_long()))

    def _text(self, path: str, code: int) -> str:
        texts, usual = self._world.texts, self.ordinary[path]
        if isinstance(usual, str) and texts.code(usual) == code:
            return usual
        told = texts.day(code) if path == "application.date" else texts.sample(code)
        return told or ""

    def _neighbours(self, model: Any) -> tuple[Mapping[str, object], ...]:  # noqa: ANN401
        found = []
        for number in range(SLOTS):
            label = f"{NEIGHBOURS}[{number}]"
            if not self._free(model, label):
                continue
            kinds = [k for k in IdentifierKind if self._free(model, f"{label}.kinds:{k}")]
            days = model.eval(self._world.free_number(f"{label}.days", NEIGHBOURS), True)  # noqa: FBT003
            found.append(
                {
                    "fraud": self._free(model, f"{label}.fraud"),
                    "same_person": self._free(model, f"{label}.same_person"),
                    "days": min(max(int(days.as_long()), 0), 2**62),
                    "kinds": [str(kind) for kind in kinds],
                }
            )
        return tuple(found)

    def _free(self, model: Any, name: str) -> bool:  # noqa: ANN401
        return _is_true(model, self._world.free_truth(name, NEIGHBOURS))

    def usual(self) -> dict[str, Term]:
        """For each field the formula that it is as an ordinary customer's."""
        world, logic = self._world, self._world.logic
        found: dict[str, Term] = {FAMILIES: world.free_truth(FAMILIES, FAMILIES)}
        for path in self._lists:
            found[path] = logic.all((world.known(path), logic.no(world.term(path))))
        for field in vocabulary.fields().values():
            value = self.ordinary[field.path]
            known = world.known(field.known_by)
            if field.path == KINDS and isinstance(value, tuple):
                kinds = ((kind, world.has_kind(kind)) for kind in EvidenceKind)
                found[field.path] = logic.all(
                    term if kind in value else logic.no(term) for kind, term in kinds
                )
            elif field.path == NEIGHBOURS:
                labels = (f"{NEIGHBOURS}[{number}]" for number in range(SLOTS))
                found[field.path] = logic.no(
                    logic.any(world.free_truth(label, NEIGHBOURS) for label in labels)
                )
            elif value is None:
                found[field.path] = logic.no(known)
            elif field.type.startswith("list(") or field.path == _DTI:
                continue
            else:
                found[field.path] = logic.all((known, self._equals(field, value)))
        return found

    def _equals(self, field: vocabulary.Field, value: Any) -> Term:  # noqa: ANN401
        term = self._world.term(field.path)
        if isinstance(value, bool):
            return term if value else self._world.logic.no(term)
        if isinstance(value, str):
            return term == self._world.texts.code(value)
        return term == (Fraction(value) if isinstance(value, float) else value)


def _is_true(model: Any, term: Term) -> bool:  # noqa: ANN401
    if isinstance(term, bool):
        return term
    return bool(z3.is_true(model.eval(term, model_completion=True)))


def _as_double(found: Any) -> float:  # noqa: ANN401 - z3 has no types
    """The nearest double, preferring few digits where they say the same."""
    if not z3.is_rational_value(found):
        found = found.approx(20)
    exact = Fraction(found.numerator_as_long(), found.denominator_as_long())
    return float(exact)


def told(facts: Mapping[str, Value | None], paths: Iterable[str]) -> str:
    """``applicant.age = 17, bureau.score unknown``."""
    return ", ".join(f"{path}{_told(facts[path])}" for path in paths)


def _told(value: Value | None) -> str:
    if value is None:
        return " unknown"
    if isinstance(value, bool):
        return f" = {str(value).lower()}"
    if isinstance(value, str):
        return f' = "{value}"'
    if isinstance(value, float) and value.is_integer() and math.isfinite(value):
        return f" = {value:.1f}"
    if isinstance(value, tuple):
        return f" = [{', '.join(_item(item) for item in value)}]"
    return f" = {value}"


def _item(item: object) -> str:
    if isinstance(item, Mapping):
        return "{" + ", ".join(f"{key}: {_plain(value)}" for key, value in item.items()) + "}"
    return _plain(item)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return str(value)
