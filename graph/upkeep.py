"""What is done to a graph beside deciding and projecting, written once for every store.

A piece of work is a generator: it yields the name of a statement with its parameters, gets the rows
back, and returns its result. A store carries it out as the only writer, so that what was read is
still so when it writes.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, Protocol, TypeVar

from graph.expiry import Candidates, Cutoffs, Expired, expire
from graph.rows import Record
from graph.store import GraphStore
from graph.written import remove_parameters, touched_of

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)

Steps = Generator[tuple[str, dict[str, Any]], Sequence[Record], _T_co]
"""A piece of work: statements by name, with parameters."""


class UpkeepStore(GraphStore, Protocol):
    """A graph store that can also be kept in order."""

    async def carry_out(self, steps: Steps[_T], *, timeout_s: float) -> _T:
        """Do the work as the only writer; the result.

        Interrupted, a work of one writing statement is done or undone; one of several may be done
        in part, where the store is embedded. Raises as ``project``.
        """
        ...


def expire_steps(due: Candidates, cutoffs: Cutoffs) -> Steps[Expired]:
    """Let go what is old of these applicants, and identifiers with nothing left.

    Bound: the candidates and all their links.
    """
    rows = yield "touched", {"applicants": list(due.applicants), "identifiers": []}
    touched = touched_of(rows)
    identifiers = sorted({key[2] for key in touched.links})
    rows = yield "touched", {"applicants": [], "identifiers": identifiers}
    touched.identifiers = touched_of(rows).identifiers
    gone = expire(touched, cutoffs)
    if gone.links or due.identifiers:
        yield (
            "remove",
            remove_parameters(
                touched, gone.links, gone.applicants, due.identifiers, cutoffs.forget
            ),
        )
    return gone
