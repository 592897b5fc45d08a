"""What a review comes to: totals by action and by every dimension, reasons, limits, budgets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.portfolio.ceilings import NO_BAND
from engine.portfolio.choosing import BudgetUse, Chosen
from engine.portfolio.columns import DIMENSIONS
from engine.portfolio.gathered import Gathered
from engine.portfolio.loading import Loaded
from engine.portfolio.policy import Action, BudgetName
from engine.portfolio.proposals import Reasons
from engine.rules.model import ReasonText

NONE = "(none)"
#: Values of a dimension that are shown: staff and branches may be thousands.
MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class Totals:
    """Of some accounts: how many of each action, and minor units before and after."""

    accounts: int
    actions: Mapping[Action, int]
    line: tuple[int, int]
    uses: Mapping[BudgetName, tuple[int, int]]
    value: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The whole review in figures. Amounts in minor units; nothing of a single account."""

    currency: str
    major: int
    policy_digest: str
    model_digests: tuple[str, ...]
    total: Totals
    by_action: Mapping[str, Totals]
    by: Mapping[str, Sequence[tuple[str, Totals]]]
    reasons: Mapping[Action, Sequence[tuple[str, ReasonText, int]]]
    limits: Sequence[tuple[str, int]]
    rules: Sequence[tuple[str, str, int]]
    budgets: tuple[BudgetUse, ...]
    value: int
    bound: int
    gap: float
    unrated: Sequence[tuple[str, int]]
    skipped: int
    absent: tuple[str, ...]
    ignored: tuple[str, ...]


def summarise(
    loaded: Loaded,
    accounts: Gathered,
    chosen: Chosen,
    *,
    absent: tuple[str, ...],
    ignored: tuple[str, ...],
) -> Summary:
    """Count everything that a report shows."""
    count = _Count(loaded, accounts, chosen)
    actions = np.array([action.value for action in loaded.policy.actions], dtype=object)
    chosen_actions = pa.array(actions[chosen.choice], pa.string())
    groups = {name: _plain(accounts.texts[name]).fill_null(NONE) for name in DIMENSIONS}
    groups["band"] = pa.array(_bands(loaded, accounts), pa.string())
    return Summary(
        currency=loaded.currency,
        major=loaded.major,
        policy_digest=loaded.bundle.digest,
        model_digests=loaded.rater.digests,
        total=count.of(np.arange(accounts.rows)),
        by_action=dict(count.each(chosen_actions)),
        by={name: count.each(values) for name, values in groups.items()},
        reasons=_reasons(loaded, accounts, actions[chosen.choice]),
        limits=Counter(chosen.limits.tolist()).most_common(),
        rules=_rules(loaded, accounts),
        budgets=chosen.budgets,
        value=chosen.allocation.value,
        bound=chosen.allocation.bound,
        gap=chosen.allocation.gap,
        unrated=sorted(accounts.assessed.unrated.items()),
        skipped=len({fault.row for fault in accounts.faults}),
        absent=absent,
        ignored=ignored,
    )


class _Count:
    """Sums over accounts, before and after."""

    def __init__(self, loaded: Loaded, accounts: Gathered, chosen: Chosen) -> None:
        found = accounts.assessed
        keep = loaded.policy.actions.index(Action.KEEP)
        rows = np.arange(accounts.rows)
        self._actions = loaded.policy.actions
        self._choice = chosen.choice
        self._line = found.lines[:, keep], found.lines[rows, chosen.choice]
        self._value = found.kept_value, found.values[rows, chosen.choice]
        self._uses = {
            name: (table[:, keep], table[rows, chosen.choice]) for name, table in found.uses.items()
        }

    def of(self, rows: npt.NDArray[np.int64]) -> Totals:
        """The totals of some accounts."""
        chosen = np.bincount(self._choice[rows], minlength=len(self._actions))
        actions = dict.fromkeys(Action, 0)
        for action, number in zip(self._actions, chosen.tolist(), strict=True):
            actions[action] += number
        return Totals(
            accounts=len(rows),
            actions=actions,
            line=_both(self._line, rows),
            uses={name: _both(pair, rows) for name, pair in self._uses.items()},
            value=_both(self._value, rows),
        )

    def each(self, values: pa.Array) -> list[tuple[str, Totals]]:
        """The totals of each value, the most frequent first; the rest together."""
        coded = values.dictionary_encode()
        names = np.array(coded.dictionary.to_pylist(), dtype=str)
        codes = coded.indices.to_numpy(zero_copy_only=False)
        order = np.lexsort((names, -np.bincount(codes, minlength=len(names))))
        # All rows by value at once: a pass over all accounts for each branch would take minutes.
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.minimum(np.arange(len(order)), MOST_VALUES)
        ranks = rank[codes]
        rows = np.argsort(ranks, kind="stable")
        ends = np.cumsum(np.bincount(ranks))
        parts = np.split(rows, ends[:-1])
        titles = [*names[order[:MOST_VALUES]].tolist(), "(others)"]
        return [(title, self.of(part)) for title, part in zip(titles, parts, strict=False)]


def _both(
    pair: tuple[npt.NDArray[Any], npt.NDArray[Any]], rows: npt.NDArray[np.int64]
) -> tuple[int, int]:
    return int(pair[0][rows].sum()), int(pair[1][rows].sum())


def _plain(texts: pa.Array) -> pa.Array:
    return texts.dictionary_decode() if pa.types.is_dictionary(texts.type) else texts


def _bands(loaded: Loaded, accounts: Gathered) -> npt.NDArray[np.object_]:
    products = _plain(accounts.texts["product"]).to_numpy(zero_copy_only=False)
    found = np.full(accounts.rows, "(not rated)", dtype=object)
    for name, card in loaded.products.items():
        for place, band in enumerate(card.bands):
            found[(products == name) & (accounts.assessed.bands == place)] = band.name
    found[accounts.assessed.bands == NO_BAND] = "(not rated)"
    return found


def _reasons(
    loaded: Loaded, accounts: Gathered, actions: npt.NDArray[np.object_]
) -> dict[Action, list[tuple[str, ReasonText, int]]]:
    reasons = Reasons(loaded)
    found: dict[Action, list[tuple[str, ReasonText, int]]] = {}
    for action in (Action.CUT, Action.FREEZE):
        counts: Counter[str] = Counter()
        for row in np.flatnonzero(actions == action):
            hits, families = accounts.assessed.hits[row], accounts.assessed.families[row]
            counts.update(reasons.codes(action, hits, families).keys())
        found[action] = [
            (code, reasons.text(code), number)
            for code, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        ]
    return found


def _rules(loaded: Loaded, accounts: Gathered) -> list[tuple[str, str, int]]:
    hits = accounts.assessed.hits
    return [
        (rule.id, rule.description, int((hits[:, place // 8] >> (place % 8) & 1).sum()))
        for place, rule in enumerate(loaded.policy.rules)
    ]
