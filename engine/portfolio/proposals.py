"""The proposals as a table: a row an account, with reasons in both languages if it is adverse."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import parquet

from engine.portfolio.ceilings import NO_BAND
from engine.portfolio.choosing import Chosen
from engine.portfolio.columns import DIMENSIONS
from engine.portfolio.gathered import Gathered
from engine.portfolio.loading import Loaded
from engine.portfolio.policy import AccountRule, Action, BudgetName
from engine.portfolio.rate import PPM
from engine.rules.model import ReasonText
from engine.rules.read_reasons import SCORE_FAMILIES

ROWS = 50_000

_REASON = pa.struct(
    [
        pa.field("code", pa.string()),
        pa.field("source", pa.string()),
        pa.field("text_en", pa.string()),
        pa.field("text_zh", pa.string()),
    ]
)
_WORD = pa.dictionary(pa.int32(), pa.string())

SCHEMA = pa.schema(
    [
        pa.field("account_id", pa.string(), nullable=False),
        *(pa.field(name, _WORD) for name in DIMENSIONS),
        pa.field("action", _WORD, nullable=False),
        pa.field("line_minor", pa.int64(), nullable=False),
        pa.field("new_line_minor", pa.int64(), nullable=False),
        pa.field("pd", pa.float64()),
        pa.field("points", pa.int64()),
        pa.field("band", _WORD),
        pa.field("value_minor", pa.int64(), nullable=False),
        pa.field("value_change_minor", pa.int64(), nullable=False),
        *(
            pa.field(f"{name}{what}_minor", pa.int64(), nullable=False)
            for name in BudgetName
            for what in ("", "_change")
        ),
        pa.field("limited_by", _WORD, nullable=False),
        pa.field("rules", pa.list_(_WORD), nullable=False),
        pa.field("reasons", pa.list_(_REASON), nullable=False),
    ]
)


def write_proposals(path: Path, loaded: Loaded, accounts: Gathered, chosen: Chosen) -> None:
    """Write ``path``, on the disk when it returns. The same proposals give the same bytes."""
    reasons = Reasons(loaded)
    with path.open("wb") as file:
        with parquet.ParquetWriter(file, SCHEMA, compression="zstd", version="2.6") as writer:
            for start in range(0, accounts.rows, ROWS):
                rows = np.arange(start, min(start + ROWS, accounts.rows))
                table = _table(loaded, accounts, chosen, rows, reasons)
                writer.write_table(table, row_group_size=ROWS)
        file.flush()
        os.fsync(file.fileno())


class Reasons:
    """Why an account is cut or frozen: codes and where they come from."""

    def __init__(self, loaded: Loaded) -> None:
        self._rules, self._catalogue = loaded.policy.rules, loaded.bundle.reasons

    def codes(
        self, action: Action, hits: npt.NDArray[np.uint8], families: str
    ) -> Mapping[str, str]:
        """Reason codes in the order of the rules, each once, with their sources."""
        found: dict[str, str] = {}
        for place, rule in enumerate(self._rules):
            if action.adverse and rule.action is action and hits[place // 8] >> (place % 8) & 1:
                for code, source in self._of(rule, families):
                    found.setdefault(code, source)
        return found

    @staticmethod
    def _of(rule: AccountRule, families: str) -> Iterator[tuple[str, str]]:
        if rule.reason != SCORE_FAMILIES:
            yield rule.reason, f"rule:{rule.id}"
            return
        for family in families.split():
            yield f"SCORE_{family.upper()}", f"score:{family}"

    def text(self, code: str) -> ReasonText:
        """The wording; that of the placeholder for a family of a card of one's own without any."""
        return self._catalogue.get(code) or self._catalogue[SCORE_FAMILIES]


def _table(
    loaded: Loaded,
    accounts: Gathered,
    chosen: Chosen,
    rows: npt.NDArray[np.int64],
    reasons: Reasons,
) -> pa.Table:
    policy, found = loaded.policy, accounts.assessed
    choice, keep = chosen.choice[rows], policy.actions.index(Action.KEEP)
    actions = np.array([action.value for action in policy.actions], dtype=object)[choice]
    lines, values = found.lines[rows], found.values[rows]
    now = lines[:, keep]
    rated = found.rated[rows]
    texts = {name: accounts.texts[name].take(pa.array(rows)) for name in DIMENSIONS}
    columns: dict[str, pa.Array] = {
        "account_id": accounts.texts["account_id"].take(pa.array(rows)),
        **{name: _words(texts[name]) for name in DIMENSIONS},
        "action": _words(pa.array(actions, pa.string())),
        "line_minor": pa.array(now),
        "new_line_minor": pa.array(_at(lines, choice)),
        "pd": pa.array(found.pd_ppm[rows] / PPM, mask=~rated),
        "points": pa.array(found.points[rows], mask=~found.has_points[rows]),
        "band": _bands(loaded, texts["product"], found.bands[rows]),
        "value_minor": _whole(_at(values, choice)),
        "value_change_minor": _whole(_at(values, choice) - found.kept_value[rows]),
        "limited_by": _words(pa.array(chosen.limits[rows], pa.string())),
        "rules": _rules(policy.rules, found.hits[rows]),
        "reasons": _reasons(reasons, actions, found.hits[rows], found.families[rows]),
    }
    for name, table in found.uses.items():
        use = table[rows]
        columns[f"{name}_minor"] = _whole(_at(use, choice))
        columns[f"{name}_change_minor"] = _whole(_at(use, choice) - use[:, keep])
    return pa.table([columns[field.name] for field in SCHEMA], schema=SCHEMA)


def _at(table: npt.NDArray[Any], choice: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    return table[np.arange(len(choice)), choice]


def _whole(values: npt.NDArray[Any]) -> pa.Array:
    return pa.array(values.astype(np.int64))


def _words(texts: pa.Array) -> pa.Array:
    """Dictionary of the words in the order in which they appear: the same for the same rows."""
    plain = texts.dictionary_decode() if pa.types.is_dictionary(texts.type) else texts
    return plain.dictionary_encode().cast(_WORD)


def _bands(loaded: Loaded, products: pa.Array, bands: npt.NDArray[np.int8]) -> pa.Array:
    names = [
        None if band == NO_BAND else loaded.products[product].bands[band].name
        for product, band in zip(products.to_pylist(), bands.tolist(), strict=True)
    ]
    return _words(pa.array(names, pa.string()))


def _rules(rules: Sequence[AccountRule], hits: npt.NDArray[np.uint8]) -> pa.Array:
    """The rules that hit, in the order of the policy."""
    bits = np.unpackbits(hits, axis=1, count=len(rules), bitorder="little").astype(np.bool_)
    _, places = np.nonzero(bits)
    offsets = np.concatenate([[0], np.cumsum(bits.sum(axis=1))]).astype(np.int32)
    names = pa.array([rule.id for rule in rules], pa.string())
    words = pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), names)
    return pa.ListArray.from_arrays(pa.array(offsets), words)


def _reasons(
    reasons: Reasons,
    actions: npt.NDArray[np.object_],
    hits: npt.NDArray[np.uint8],
    families: npt.NDArray[np.object_],
) -> pa.Array:
    codes: list[str] = []
    sources: list[str] = []
    sizes = np.zeros(len(actions), dtype=np.int32)
    for row in np.flatnonzero((actions == Action.CUT) | (actions == Action.FREEZE)):
        found = reasons.codes(Action(actions[row]), hits[row], families[row])
        codes.extend(found.keys())
        sources.extend(found.values())
        sizes[row] = len(found)
    texts = [reasons.text(code) for code in codes]
    told = pa.StructArray.from_arrays(
        [
            pa.array(codes, pa.string()),
            pa.array(sources, pa.string()),
            pa.array([text.text_en for text in texts], pa.string()),
            pa.array([text.text_zh for text in texts], pa.string()),
        ],
        fields=list(_REASON),
    )
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), told)
