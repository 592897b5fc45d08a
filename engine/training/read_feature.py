"""One feature of a spec."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from yaml.nodes import Node, ScalarNode, SequenceNode

from engine.rules.reader import NAME, Reader
from engine.rules.yaml_source import scalar
from engine.scoring.columns import LARGEST
from engine.training.formula import Formula, FormulaError, parse
from engine.training.spec import FeatureSpec, Instead, Kind, Missing, Outside

_OPTIONAL = ("of", "type", "sign", "range", "missing", "outside", "special", "family")
#: Log-odds of a level stay well inside.
_LEVELS = (-20.0, 20.0)
#: Features of a repeated fault that are named.
_NAMED = 30
_WORDS = tuple(word.value for word in Missing)


def read_feature(entry: Reader, defaults: Reader | None) -> FeatureSpec:
    """The feature; incomplete where a diagnostic was added."""
    entry.allow(("feature",), _OPTIONAL)
    name = entry.name("feature", NAME)
    kind = entry.choice("type", Kind, Kind.NUMBER)
    sign = entry.integer("sign", 0, -1, 1)
    low, high = _range(entry, kind)
    feature = FeatureSpec(
        name=name,
        of=_formula(entry, name, kind),
        kind=kind,
        sign=sign,
        low=low,
        high=high,
        family=_text(entry, defaults, "family", "other"),
        missing=_missing(entry, defaults, sign, (low, high)),
        outside=_holder(entry, defaults, "outside").choice("outside", Outside, Outside.CLIP),
        special=_special(entry, defaults, sign, (low, high)),
    )
    _check_category(entry, feature)
    return feature


def _holder(entry: Reader, defaults: Reader | None, key: str) -> Reader:
    """Whose value counts: the feature's own, else that of all."""
    return entry if key in entry.items or defaults is None else defaults


def _text(entry: Reader, defaults: Reader | None, key: str, default: str) -> str:
    return _holder(entry, defaults, key).name(key, NAME, default) or default


def _formula(entry: Reader, name: str, kind: Kind) -> Formula:
    text = entry.text("of", name) or "0"
    if kind is Kind.CATEGORY:
        try:
            found = parse(text)
        except FormulaError:
            found = parse("0")
        if found.text not in found.names:
            hint = "give the column another name under `columns`"
            entry.wrong(entry.items.get("of", (entry.node,) * 2)[1], "must be one column", hint)
        return found
    try:
        return parse(text)
    except FormulaError as error:
        entry.wrong(entry.items.get("of", (entry.node,) * 2)[1], f"`of`: {error}")
        return parse("0")


def _range(entry: Reader, kind: Kind) -> tuple[float, float]:
    node = entry.node_of("range")
    if kind is Kind.CATEGORY:
        if node is not None:
            entry.wrong(node, "a category has no range")
        return _LEVELS
    if node is None:
        entry.wrong(entry.node, "a number needs a `range: [least, most]`")
        return 0.0, 1.0
    numbers = [_number(item) for item in node.value] if isinstance(node, SequenceNode) else []
    match numbers:
        case [float() as low, float() as high] if -LARGEST <= low < high <= LARGEST:
            return low, high
        case _:
            entry.wrong(
                node, f"`range` must be two numbers, the least first, none beyond {LARGEST:.1e}"
            )
            return 0.0, 1.0


def _number(node: Node) -> float | None:
    value = scalar(node) if isinstance(node, ScalarNode) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        return None
    return float(value)


def _missing(
    entry: Reader, defaults: Reader | None, sign: int, within: tuple[float, float]
) -> Instead:
    holder = _holder(entry, defaults, "missing")
    node = holder.node_of("missing")
    return Missing.REFUSE if node is None else _instead(entry, node, sign, within)


def _instead(entry: Reader, node: Node, sign: int, within: tuple[float, float]) -> Instead:
    number = _number(node)
    if number is not None:
        low, high = within
        if not low <= number <= high:
            what = f"`{number:g}` is outside the range {low:g} .. {high:g}"
            entry.wrong(node, what, "a number stands for an amount, so it is one of the range")
        return number
    word = str(node.value) if isinstance(node, ScalarNode) else ""
    if word not in _WORDS:
        entry.wrong(node, f"must be a number or one of: {', '.join(_WORDS)}")
        return Missing.REFUSE
    chosen = Missing(word)
    if chosen in {Missing.WORST, Missing.BEST} and sign == 0:
        entry.wrong(node, f"`{word}` needs a `sign`: without one no end of the range is {word}")
        return Missing.REFUSE
    return chosen


def _special(
    entry: Reader, defaults: Reader | None, sign: int, within: tuple[float, float]
) -> tuple[tuple[float, Instead], ...]:
    holder = _holder(entry, defaults, "special")
    codes = holder.mapping("special", "`special`")
    if codes is None:
        return ()
    found = []
    for key, value in codes.items.values():
        code = _number(key)
        if code is None:
            codes.wrong(key, "a special value must be a number")
        else:
            found.append((code, _instead(entry, value, sign, within)))
    return tuple(found)


def _check_category(entry: Reader, feature: FeatureSpec) -> None:
    if feature.kind is not Kind.CATEGORY:
        return
    if feature.sign != 0:
        entry.wrong(entry.items["sign"][1], "a category has no sign")
    if not isinstance(feature.missing, Missing) or feature.missing in {
        Missing.WORST,
        Missing.BEST,
    }:
        entry.wrong(entry.node, "`missing` of a category is `refuse`, or `separate`: its own level")
    if "special" in entry.items:
        entry.wrong(entry.items["special"][1], "a category has no special values")


def check_separate(entries: Sequence[tuple[Reader, FeatureSpec]]) -> None:
    """One fault for all features: told for each code of each, it would bury everything else."""
    wrong = [(entry, feature, what) for entry, feature in entries if (what := _separate(feature))]
    if not wrong:
        return
    first = wrong[0][0]
    node = first.node_of("special") or first.node_of("missing") or first.node
    lines = [f"{feature.name} ({what}, line {e.span.line})" for e, feature, what in wrong]
    more = f", and {len(lines) - _NAMED} more" if len(lines) > _NAMED else ""
    first.wrong(
        node,
        "`separate` and a `sign` contradict each other: no constraint holds between missing and"
        " known, so somebody who proves a value may become riskier; of"
        f" {', '.join(lines[:_NAMED])}{more}",
        "use `best`, `worst`, a number, or no sign",
    )


def _separate(feature: FeatureSpec) -> str:
    """What a feature with a sign tells the trees apart: its codes, and what is missing."""
    if feature.sign == 0 or feature.kind is Kind.CATEGORY:
        return ""
    told = [f"{code:g}" for code, instead in feature.special if instead is Missing.SEPARATE]
    return ", ".join(["missing"] * (feature.missing is Missing.SEPARATE) + told)
