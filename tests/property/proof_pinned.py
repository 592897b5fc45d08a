"""Formulas of a given application: every variable pinned to its fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from engine.model import EvidenceKind, IdentifierKind
from engine.proof.lists import NEIGHBOURS, SLOTS
from engine.proof.world import KINDS, World
from engine.rules import vocabulary


def pinned(world: World, facts: Mapping[str, Any]) -> Iterator[Any]:
    """That the formulas' application is this one; at most as many neighbours as there are slots."""
    logic = world.logic
    yield from _neighbours(world, facts[NEIGHBOURS])
    for field in vocabulary.fields().values():
        value = facts[field.path]
        if field.known_by:
            yield logic.iff(world.known(field.known_by), facts[field.known_by] is not None)
        if field.path == KINDS:
            yield from (logic.iff(world.has_kind(kind), kind in value) for kind in EvidenceKind)
        elif isinstance(value, bool):
            yield logic.iff(world.term(field.path), value)
        elif isinstance(value, str):
            yield world.term(field.path) == world.texts.code(value)
        elif isinstance(value, float):
            yield world.term(field.path) == Fraction(value)
        elif isinstance(value, int):
            yield world.term(field.path) == value
    for path in (path for path in facts if path.startswith(f"{vocabulary.LISTS}.")):
        if facts[path] is not None:
            yield logic.iff(world.term(path), facts[path])


def _neighbours(world: World, neighbours: tuple[Mapping[str, Any], ...]) -> Iterator[Any]:
    logic = world.logic
    for slot in range(SLOTS):
        label = f"{NEIGHBOURS}[{slot}]"
        there = slot < len(neighbours)
        yield logic.iff(world.free_truth(label, NEIGHBOURS), there)
        if not there:
            continue
        own = neighbours[slot]
        for name in ("fraud", "same_person"):
            yield logic.iff(world.free_truth(f"{label}.{name}", NEIGHBOURS), own[name])
        yield world.free_number(f"{label}.days", NEIGHBOURS) == own["days"]
        for kind in IdentifierKind:
            has = world.free_truth(f"{label}.kinds:{kind}", NEIGHBOURS)
            yield logic.iff(has, kind in own["kinds"])
