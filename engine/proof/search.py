"""Asks the solver, within a budget that is counted and not timed: the same question, the same
answer, on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import z3

from engine.proof.logic import Logic, Term

#: z3's own unit of work; a million is of the order of a tenth of a second.
QUERY_LIMIT = 4_000_000
TOTAL_LIMIT = 400_000_000

#: Tries to spare an assumption from the blame.
_MOST_SPARED = 20

W = TypeVar("W")
W_co = TypeVar("W_co", covariant=True)


class Reader(Protocol[W_co]):
    """Reads what was asked for out of a model."""

    def witness(self, model: Any) -> W_co:  # noqa: ANN401 - z3 has no types
        """What the model describes."""
        ...

    def usual(self) -> Mapping[str, Term]:
        """For each field the formula that it is as usual."""
        ...


@dataclass(frozen=True, slots=True)
class Proved:
    """There is no such application. ``needed``: the assumptions, by place, that rule it out."""

    needed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Found(Generic[W]):
    """An application, or a pair, that was run and does what was asked."""

    witness: W


@dataclass(frozen=True, slots=True)
class GaveUp:
    """Neither, and why."""

    why: str


_NOT_CONFIRMED = "no application that the solver proposed did the same when it was run"
_BUDGET = "the solver's budget was used up"


class Search(Generic[W]):
    """One solver over the background of a policy."""

    def __init__(
        self,
        logic: Logic,
        reader: Reader[W],
        *,
        background: Iterable[Term],
        hints: Iterable[Term],
        limit: int = QUERY_LIMIT,
        total: int = TOTAL_LIMIT,
    ) -> None:
        self._logic, self._reader = logic, reader
        self._solver = z3.Solver(ctx=logic.context)
        self._solver.set("rlimit", limit)
        for term in background:
            self._solver.add(logic.formula(term))
        self._hints = [logic.formula(term) for term in hints]
        # The formulas are kept with their literal: z3 gives the id of a dropped one to another.
        self._groups: dict[tuple[int, ...], tuple[Any, list[Any]]] = {}
        self._left = total
        self._used = 0

    def ask(self, goal: Term, given: Sequence[Term] = ()) -> Proved | GaveUp | None:
        """As ``find``, for exact formulas: ``None`` if there is one, which needs no run."""
        terms = [self._logic.formula(term) for term in given]
        together = self._together(terms)
        self._solver.push()
        try:
            self._solver.add(self._logic.formula(goal))
            answer = self._check(together)
            if answer == z3.unsat:
                return Proved(self._blamed(self._named(terms)))
            return None if answer == z3.sat else GaveUp(_BUDGET)
        finally:
            self._solver.pop()

    def find(
        self, goal: Term, accept: Callable[[W], bool], given: Sequence[Term] = ()
    ) -> Proved | Found[W] | GaveUp:
        """An application that meets the goal and what is given, or the proof that there is none."""
        terms = [self._logic.formula(term) for term in given]
        together = self._together(terms)
        self._solver.push()
        try:
            self._solver.add(self._logic.formula(goal))
            return self._find(accept, terms, together)
        finally:
            self._solver.pop()

    def _together(self, terms: list[Any]) -> list[Any]:
        """One literal for all that is given, kept: many questions are asked under the same."""
        if not terms:
            return []
        key = tuple(sorted({term.get_id() for term in terms}))
        if key not in self._groups:
            name = self._logic.boolean(f"group {len(self._groups)}")
            self._solver.add(z3.Implies(name, z3.And(*terms)))
            self._groups[key] = (name, terms)
        return [self._groups[key][0]]

    def _find(
        self, accept: Callable[[W], bool], given: list[Any], together: list[Any]
    ) -> Proved | Found[W] | GaveUp:
        answer = self._check(together)
        if answer == z3.unsat:
            return Proved(self._blamed(self._named(given)))
        if answer == z3.unknown:
            return GaveUp(_BUDGET)
        found = self._accepted(accept)
        if found is None:
            self._solver.add(*self._hints)
            found = self._accepted(accept) if self._check(together) == z3.sat else None
        return Found(found) if found is not None else GaveUp(_NOT_CONFIRMED)

    def _blamed(self, names: list[Any]) -> tuple[int, ...]:
        """A set of assumptions none of which could be spared; none if the goal itself cannot be."""
        if self._check([]) == z3.unsat:
            return ()
        if self._check(names) != z3.unsat:  # the budget went before the blame was found
            return tuple(range(len(names)))
        core = self._core()
        left = [place for place, name in enumerate(names) if name.decl().name() in core]
        for place in list(left)[:_MOST_SPARED]:
            rest = [other for other in left if other != place]
            if self._check([names[other] for other in rest]) == z3.unsat:
                core = self._core()
                left = [other for other in rest if names[other].decl().name() in core]
        return tuple(left)

    def _core(self) -> set[str]:
        return {term.decl().name() for term in self._solver.unsat_core()}

    def nearest(self, goal: Term, accept: Callable[[W], bool], known: W) -> W:
        """Of the applications that meet the goal, one as ordinary as can be; else ``known``."""
        self._solver.push()
        try:
            self._solver.add(self._logic.formula(goal), *self._hints)
            return self._nearest(accept) or known
        finally:
            self._solver.pop()

    def _nearest(self, accept: Callable[[W], bool]) -> W | None:
        """Hold on to as much of the ordinary as the goal allows, giving up what conflicts."""
        kept = self._named([self._logic.formula(t) for t in self._reader.usual().values()])
        dropped: list[Any] = []
        while (answer := self._check(kept)) == z3.unsat:
            core = self._core()
            if not core:
                return None
            dropped += [term for term in kept if term.decl().name() in core]
            kept = [term for term in kept if term.decl().name() not in core]
        if answer == z3.unknown:
            return None
        for term in dropped:
            if self._check([*kept, term]) == z3.sat:
                kept.append(term)
        return self._accepted(accept) if self._check(kept) == z3.sat else None

    def _named(self, terms: Sequence[Any]) -> list[Any]:
        """A literal for each term, which the solver can blame."""
        names = [self._logic.boolean(f"given {place}") for place in range(len(terms))]
        for name, term in zip(names, terms, strict=True):
            self._solver.add(z3.Implies(name, term))
        return names

    def _accepted(self, accept: Callable[[W], bool]) -> W | None:
        witness = self._reader.witness(self._solver.model())
        return witness if accept(witness) else None

    def _check(self, given: Sequence[Any]) -> Any:  # noqa: ANN401 - z3 has no types
        if self._left <= 0:
            return z3.unknown
        answer = self._solver.check(*given)
        used = _count(self._solver)
        self._left -= used - self._used
        self._used = used
        return answer


def _count(solver: Any) -> int:  # noqa: ANN401 - z3 has no types
    """The work done in the solver's context so far."""
    found = {key: value for key, value in solver.statistics()}  # noqa: C416 - pairs, not a mapping
    return int(found.get("rlimit count", 0))
