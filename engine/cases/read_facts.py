"""Facts of a case: vocabulary paths with values that facts can hold."""

from __future__ import annotations

from collections.abc import Mapping

from yaml.nodes import Node, ScalarNode

from engine.cases.values import Values
from engine.rules import vocabulary
from engine.rules.diagnostics import Code, did_you_mean
from engine.rules.vocabulary import Field
from engine.rules.yaml_source import scalar
from engine.suppose import SuppositionRefused, Value, refuse_impossible

_NEIGHBOUR_INT = 10**9
#: What the line needs must make sense, or no line can be computed at all.
_PROBABILITIES = ("score.pd", "fraud_score.pd")
_LISTS = f"{vocabulary.LISTS}."
_PRODUCT = "application.product"


def is_fact(path: str) -> bool:
    """Whether the path can be set."""
    return path in vocabulary.fields() or path.startswith(_LISTS)


def refuse_unknown_list(values: Values, key: Node, path: str) -> None:
    """Report a list that the policy does not have; ``key``: where it is named."""
    name = path.removeprefix(_LISTS)
    if path.startswith(_LISTS) and values.known.complete and name not in values.known.lists:
        values.stranger(key, name, "list", values.known.lists)


def unknown_path(values: Values, node: Node, path: str) -> None:
    """Report a path that is not in the vocabulary."""
    hint = did_you_mean(path, vocabulary.fields())
    if not hint and path.startswith(f"{vocabulary.SIGNALS}."):
        hint = "signals are set by rules: state what makes the rule hit"
    message = f"`{path}` is not in the vocabulary"
    values.report(Code.CASE_UNKNOWN_PATH, node, message, hint)


def fact(values: Values, path: str, node: Node) -> Value | None:
    """The value of a path; whatever no facts can hold is reported, and read as unknown."""
    if path.startswith(_LISTS):
        return _listed(values, path, node)
    field = vocabulary.fields()[path]
    value = _list(values, field, node) if field.type.startswith("list(") else _scalar(node)
    if isinstance(value, _NoValue):
        values.wrong(node, f"`{path}` must be {_spoken(field)}")
        return None
    try:
        refuse_impossible({path: value})
    except SuppositionRefused as refused:
        said = str(refused).removeprefix(f"{path}: ")
        values.wrong(node, f"`{path}` {said}", _hint(field, value))
        return None
    _refuse_senseless(values, path, node, value)
    return value


def _listed(values: Values, path: str, node: Node) -> bool | None:
    """Whether the applicant is on a list of the policy; null if that is not known."""
    value = scalar(node) if isinstance(node, ScalarNode) else ""
    if value is None or isinstance(value, bool):
        return value
    values.wrong(node, f"`{path}` must be true, false or null")
    return None


class _NoValue:
    """Stands for what is no value of the field's type."""


_NO_VALUE = _NoValue()


def _scalar(node: Node) -> Value | _NoValue | None:
    return scalar(node) if isinstance(node, ScalarNode) else _NO_VALUE


def _list(values: Values, field: Field, node: Node) -> Value | _NoValue | None:
    if isinstance(node, ScalarNode):
        return None if scalar(node) is None else _NO_VALUE
    items = values.items(node, f"`{field.path}`")
    if field.type == "list(string)":
        texts = [values.text(item, f"an entry of `{field.path}`") for item in items]
        return tuple(text for text in texts if text is not None)
    return tuple(_neighbour(values, item) for item in items)


def _neighbour(values: Values, node: Node) -> Mapping[str, object]:
    parsed = values.chosen(
        node,
        "a neighbour",
        {
            "fraud": lambda v, n: v.flag(n, "`fraud`"),
            "same_person": lambda v, n: v.flag(n, "`same_person`"),
            "days": lambda v, n: v.whole(n, "`days`", 0, _NEIGHBOUR_INT),
            "kinds": lambda v, n: [v.text(item, "a kind") or "" for item in v.items(n, "`kinds`")],
        },
    )
    return {name: value for name, value in parsed.items() if value is not None}


def _refuse_senseless(values: Values, path: str, node: Node, value: Value | None) -> None:
    """Report what would end the case in an error, not in a decision."""
    if path == _PRODUCT and isinstance(value, str):
        values.name(node, "product", values.known.products)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return
    if path in _PROBABILITIES and not 0 <= value <= 1:
        values.wrong(node, f"`{path}` must be from 0 to 1")
    elif path.endswith("_minor") and value < 0:
        values.wrong(node, f"`{path}` must be at least 0")


def _spoken(field: Field) -> str:
    return "a list" if field.type.startswith("list(") else f"of type {field.type}"


def _hint(field: Field, value: Value | None) -> str:
    if value is None:
        return "only what can be unknown can be null"
    return "put the text in quotes" if field.type == "string" else ""
