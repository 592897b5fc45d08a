"""All accounts of a review, in the order of their ids: nothing depends on the order of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute as pc

from engine.portfolio.accounts import RowFault
from engine.portfolio.assess import Assessed
from engine.portfolio.exact import Ints
from engine.portfolio.policy import BudgetName
from engine.portfolio.reading import TEXTS, Batch


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """Sound accounts by id, and what is wrong with the others."""

    numbers: Ints
    texts: Mapping[str, pa.Array]
    balance: Ints
    assessed: Assessed
    faults: Sequence[RowFault]

    @property
    def rows(self) -> int:
        """How many accounts."""
        return len(self.numbers)


def gather(found: Iterable[Batch], rows: int) -> Gathered:
    """Bring the batches together, sort them, and take out ids that stand twice."""
    store = _Store(rows)
    faults: list[RowFault] = []
    for batch in found:
        store.add(batch)
        faults.extend(batch.faults)
    ids = store.text("account_id")
    order = pc.sort_indices(ids).to_numpy().astype(np.int64)
    ordered = ids.take(pa.array(order))
    same = np.zeros(len(order), dtype=np.bool_)
    if len(order) > 1:
        same[1:] = pc.equal(ordered[1:], ordered[:-1]).to_numpy(zero_copy_only=False)
        same[:-1] |= same[1:]
    numbers = store.array("numbers")
    twice = numbers[order[same]]
    faults.extend(RowFault(int(row), "account_id", "stands in the file twice") for row in twice)
    return store.taken(order[~same], sorted(faults, key=lambda fault: fault.row))


class _Store:
    """Columns with room for every row of the file, filled batch by batch."""

    def __init__(self, rows: int) -> None:
        self._room, self._rows = rows, 0
        self._arrays: dict[str, npt.NDArray[Any]] = {}
        self._texts: dict[str, list[pa.Array]] = {name: [] for name in TEXTS}
        self._unrated: Counter[str] = Counter()

    def add(self, batch: Batch) -> None:
        """Append a batch."""
        end = self._rows + len(batch.numbers)
        for name, part in _parts(batch):
            if name not in self._arrays:
                self._arrays[name] = np.empty((self._room, *part.shape[1:]), dtype=part.dtype)
            self._arrays[name][self._rows : end] = part
        for name, texts in batch.texts.items():
            # Ids are all different; the others repeat.
            self._texts[name].append(texts if name in _OWN else texts.dictionary_encode())
        self._unrated.update(batch.assessed.unrated)
        self._rows = end

    def array(self, name: str) -> npt.NDArray[Any]:
        """A column as it is."""
        return self._arrays[name][: self._rows]

    def text(self, name: str) -> pa.Array:
        """A column of texts as one array."""
        chunks = pa.chunked_array(self._texts[name]).unify_dictionaries()
        return chunks.combine_chunks() if chunks.num_chunks != 1 else chunks.chunk(0)

    def taken(self, order: Ints, faults: Sequence[RowFault]) -> Gathered:
        """Everything in another order; each column is given back as soon as it is copied."""

        def moved(name: str) -> npt.NDArray[Any]:
            return self._arrays.pop(name)[order]

        uses = {name: moved(f"uses.{name}") for name in BudgetName}
        rest = {field.name: moved(field.name) for field in fields(Assessed) if field.name in _PLAIN}
        places = pa.array(order)
        return Gathered(
            numbers=moved("numbers"),
            texts={name: self.text(name).take(places) for name in TEXTS},
            balance=moved("balance"),
            assessed=Assessed(**rest, uses=uses, unrated=self._unrated),
            faults=faults,
        )


_OWN = ("account_id", "customer_id", "group_id")
_PLAIN = {field.name for field in fields(Assessed)} - {"uses", "unrated"}


def _parts(batch: Batch) -> Iterable[tuple[str, npt.NDArray[Any]]]:
    yield "numbers", batch.numbers
    yield "balance", batch.balance
    for name in sorted(_PLAIN):
        yield name, getattr(batch.assessed, name)
    for budget in BudgetName:
        yield f"uses.{budget}", batch.assessed.uses[budget]
