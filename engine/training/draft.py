"""A spec to begin with, from a table: what a machine can see. What it means is for people to say.

Ranges, gaps, codes and levels are as they are in the file; signs, families and meanings are not in
it. Rows are counted, and no value of a person is written but the ends of ranges and short codes.
"""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.rules.reader import NAME
from engine.training.doubts import DESCRIPTION, LICENCE, LIMIT, MEANING
from engine.training.figures import Mask, auc
from engine.training.formula import FUNCTIONS, Values
from engine.training.sniff import THOUSANDS, sniffed
from engine.training.spec import DataSpec
from engine.training.table import Table, TrainingRefused, read_table

#: Codes that files use for what is no amount; told apart from amounts if all of those are above 0.
_LOW_CODES = (-1.0, -2.0, -6.0, -7.0, -8.0, -9.0, -99.0, -999.0, -9999.0, -99999.0)
_HIGH_CODES = (96.0, 97.0, 98.0, 99.0, 996.0, 997.0, 998.0, 999.0, 9999.0, 99999.0, 999999.0)
#: A code stands so many times above the greatest amount, or it may be one.
_FAR = 3.0
_PROTECTED = re.compile(
    r"(^|_)(sex|gender|age|birth\w*|race|ethnic\w*|religion|nationality|marital\w*|marriage)(_|$)"
)
#: Words of formulas and of YAML.
_TAKEN = {*FUNCTIONS, *keyword.kwlist, "yes", "no", "on", "off", "true", "false", "null"}
_MOST_LEVELS = 1_000
_TWO = 2
#: A number, with marks of any kind.
_MARKED = re.compile(r"[-+]?\d[\d.,]*")
_GUESSED = ("gb18030", "latin-1")
_GUESS = "  # a guess: look at the levels"
#: So many distinct whole numbers may be levels.
_FEW = 12
_DIGITS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Drafted:
    """A column: a line of ``features``, ``protected``, or a reason why it is not used."""

    name: str
    feature: str = ""
    protected: str = ""
    not_used: str = ""
    coded: Mask | None = None
    """Of a number: the rows with any code; ``None`` of anything else."""


def draft(path: Path, target: str, bad: Sequence[str] = ()) -> str:
    """The text of a spec. ``TrainingRefused``: no table, or the target is unclear."""
    data = sniffed(path)
    table = read_table(path, data)
    bad = tuple(bad) or _bad(table, target)
    labels = np.isin(table.texts(target), list(bad))
    if not labels.any() or labels.all():
        raise TrainingRefused(f"{path.name}: column {target!r}: no row, or every row, is bad")
    names = _names(list(table.columns))
    columns = [
        _column(table, column, names[column], labels)
        for column in table.columns
        if column != target
    ]
    head = _head(path, data, names, target, bad)
    return "\n".join([*head, *_everywhere(columns, labels), *_body(columns)]) + "\n"


def _bad(table: Table, target: str) -> tuple[str, ...]:
    """1 of 0 and 1, true of a truth, else the rarer of two."""
    found, counts = np.unique(
        [text for text in table.texts(target).tolist() if text is not None], return_counts=True
    )
    values = found.tolist()
    for one, both in (("1", ["0", "1"]), ("true", ["false", "true"])):
        if values == both:
            return (one,)
    if len(values) != _TWO:
        raise TrainingRefused(
            f"{table.source}: column {target!r}: has {len(values):,} values; say which are bad:"
            " --bad VALUE"
        )
    return (values[int(np.argmin(counts))],)


def _names(columns: Sequence[str]) -> dict[str, str]:
    """A name that formulas can read for every column: its own if it has one."""
    found: dict[str, str] = {}
    for place, column in enumerate(columns, 1):
        name = re.sub(r"\W+", "_", column.lower(), flags=re.ASCII).strip("_")[:60]
        name = name if NAME.match(name) and name not in _TAKEN else f"column_{place}"
        found[column] = name if name not in found.values() else f"{name[:50]}_{place}"
    return found


def _head(
    path: Path, data: DataSpec, names: dict[str, str], target: str, bad: Sequence[str]
) -> list[str]:
    renamed = [(name, column) for column, name in names.items() if name != column]
    card = re.sub(r"\W+", "_", path.name.partition(".")[0].lower(), flags=re.ASCII).strip("_")
    return [
        "# A draft, by `touchstone score spec`. Read every line: signs, families and meanings are",
        "# not in a table. `touchstone score train SPEC --check` tells what does not fit.",
        "# A `sign` excludes `separate`, of `missing` and of codes: with a sign each needs `best`,",
        "# `worst` or a number. The comments tell the rows of each code and their bad rate.",
        f"card: {card if NAME.match(card) else 'card'}",
        f"description: {DESCRIPTION}",
        "data:",
        f"  file: {_quoted(path.name)}",
        f"  name: {_quoted(path.name)}",
        f"  licence: {LICENCE}",
        f"  separator: {_quoted(data.separator)}",
        f"  encoding: {data.encoding}{_GUESS if data.encoding in _GUESSED else ''}",
        f"  decimal: {_quoted(data.decimal)}",
        f"  nulls: [{', '.join(map(_quoted, data.nulls))}]",
        *(["  columns:"] if renamed else []),
        *(f"    {name}: {_quoted(column)}" for name, column in renamed),
        (
            f"target: {{column: {names[target]}, bad: [{', '.join(map(_quoted, bad))}],"
            f" meaning: {MEANING}}}"
        ),
        "split: {folds: 5, seed: 42}  # or: {time: COLUMN, calibrate_from: ..., test_from: ...}",
    ]


def _body(columns: Sequence[Drafted]) -> list[str]:
    features = [column.feature for column in columns if column.feature]
    protected = [column.protected for column in columns if column.protected]
    unused = [f"  - {_quoted(f'{c.name} ({c.not_used})')}" for c in columns if c.not_used]
    return [
        "features:  # sign: 1 if more is riskier, -1 if less is; family: for the reasons",
        *features,
        *(["protected:  # measured for fairness, never features", *protected] if protected else []),
        *(["not_used:", *unused] if unused else []),
        f"limits: [{LIMIT}]",
    ]


def _column(table: Table, column: str, name: str, labels: Mask) -> Drafted:
    try:
        values = table.numbers(column)
    except TrainingRefused:
        return _category(table, column, name)
    known = values[~np.isnan(values)]
    if len(np.unique(known)) < _TWO:
        return Drafted(name, not_used="says nothing: " + ("one value" if len(known) else "empty"))
    whole = bool(np.all(known == np.floor(known)))
    steps = np.diff(known)
    if whole and len(known) == table.rows and (np.all(steps > 0) or np.all(steps < 0)):
        return Drafted(name, not_used="numbers the rows")
    if _PROTECTED.search(name):
        few = len(np.unique(known)) <= len(_HIGH_CODES)
        cuts = "" if few else ", cuts: [25, 35, 45, 60]"
        return Drafted(name, protected=f"  - {{name: {name}, column: {name}{cuts}}}")
    codes = _codes(np.unique(known))
    text = _number(name, values, labels, codes)
    return Drafted(name, feature=text, coded=np.isin(values, codes))


def _number(name: str, values: Values, labels: Mask, codes: list[float]) -> str:
    known = ~np.isnan(values)
    amounts = known & ~np.isin(values, codes)
    low, high = float(values[amounts].min()), float(values[amounts].max())
    high = high if high > low else low + 1
    parts = [f"feature: {name}", f"range: [{low:.12g}, {high:.12g}]"]
    if not known.all():
        parts.append("missing: separate")
    if codes:
        parts.append("special: {" + ", ".join(f"{code:g}: separate" for code in codes) + "}")
    parts.append("family: other")
    told = [_hint(values[amounts], labels[amounts]), _looks_coded(values[amounts])]
    told += [_of_code(code, labels[values == code]) for code in codes]
    comment = "; ".join(text for text in told if text)
    return f"  - {{{', '.join(parts)}}}" + (f"  # {comment}" if comment else "")


def _of_code(code: float, labels: Mask) -> str:
    return f"{code:g}: {_rows(len(labels))}, {labels.mean():.{_DIGITS}f} bad"


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def _looks_coded(values: Values) -> str:
    """More than two whole numbers that are few: a branch or a region may be written so."""
    distinct = np.unique(values)
    if _TWO < len(distinct) <= _FEW and bool(np.all(distinct == np.floor(distinct))):
        return "few whole numbers: perhaps `type: category`"
    return ""


def _everywhere(columns: Sequence[Drafted], labels: Mask) -> list[str]:
    """A note on rows whose every number is a code: nothing is known of them."""
    coded = [column.coded for column in columns if column.coded is not None]
    with_codes = [mask for mask in coded if mask.any()]
    if len(with_codes) < _TWO:
        return []
    rows = np.logical_and.reduce(with_codes)
    if not rows.any():
        return []
    what = "number" if len(with_codes) == len(coded) else "number that has codes"
    found = (
        f"# {_rows(int(rows.sum()))} ({labels[rows].mean():.{_DIGITS}f} bad) hold a code in every"
    )
    return [f"{found} {what}: consider excluding them (`exclude`)."]


def _codes(distinct: Values) -> list[float]:
    """Codes below amounts that are all at least 0, and codes far above all amounts."""
    low = [code for code in _LOW_CODES if code in distinct]
    rest = distinct[~np.isin(distinct, low)]
    if len(rest) < _TWO or rest.min() < 0:
        low, rest = [], distinct
    high = [code for code in _HIGH_CODES if code in rest]
    below = rest[~np.isin(rest, high)]
    if len(below) < _TWO or not high or min(high) < _FAR * max(float(below.max()), 1.0):
        high = []
    return sorted([*low, *high])


def _hint(values: Values, labels: Mask) -> str:
    if not labels.any() or labels.all():
        return ""
    area = auc(labels, values)
    way = "more" if area > 1 / 2 else "less"
    return f"alone: AUC {max(area, 1 - area):.{_DIGITS}f}, {way} is riskier"


def _category(table: Table, column: str, name: str) -> Drafted:
    try:
        texts = table.texts(column)
    except TrainingRefused:
        return Drafted(name, not_used="neither numbers nor levels")
    known = [text for text in texts.tolist() if text is not None]
    why = _no_levels(known, table.rows)
    if why:
        return Drafted(name, not_used=why)
    if _PROTECTED.search(name):
        return Drafted(name, protected=f"  - {{name: {name}, column: {name}}}")
    missing = ", missing: separate" if len(known) < table.rows else ""
    return Drafted(name, feature=f"  - {{feature: {name}, type: category{missing}, family: other}}")


def _no_levels(known: Sequence[str], rows: int) -> str:
    """Why texts are no levels of a category; empty if they are."""
    levels = len(set(known))
    if levels < _TWO:
        return "says nothing: one level"
    if all(re.match(r"\d{4}-\d{2}", text) for text in known):
        return "a time: see split"
    if any(map(THOUSANDS.fullmatch, known)) and all(map(_MARKED.fullmatch, known)):
        return "numbers with a mark for thousands: write them without it"
    return f"{levels:,} levels: may name people" if levels > min(_MOST_LEVELS, rows // _TWO) else ""


def _quoted(text: str) -> str:
    """As YAML reads JSON."""
    return json.dumps(text, ensure_ascii=False)
