"""parameters.yaml: values that rules share, one for all products or one for each."""

from __future__ import annotations

from collections.abc import Iterable

from yaml.nodes import Node, ScalarNode, SequenceNode

from engine.rules.ast import Call, Conditional, Expr, ListOf, Literal, Read
from engine.rules.definitions import Definition
from engine.rules.diagnostics import Code, Diagnostics, did_you_mean
from engine.rules.reader import NAME, Reader
from engine.rules.source import Source
from engine.rules.vocabulary import PARAMS
from engine.rules.yaml_source import node_span, scalar

_TYPES = {"bool": (bool,), "int": (int,), "double": (int, float), "string": (str,)}
_PRODUCT = Read(path="application.product", known_by="", type="string")
_INT64 = 2**63


def read_parameters(
    source: Source, node: Node, products: Iterable[str], found: Diagnostics
) -> dict[str, Definition]:
    """The parameters by path. ``products``: the policy's, for values of their own."""
    reader = Reader(source, node, found, "the parameters")
    reader.allow(("parameters",))
    section = reader.mapping("parameters", "`parameters`")
    read: dict[str, Definition] = {}
    if section is None:
        return read
    known = tuple(products)

    def add(name: str, entry: Reader) -> None:
        if not NAME.match(name):
            found.error(
                Code.BAD_NAME, f"`{name}` is not a name: lower_snake_case", section.key_span(name)
            )
            return
        tree = _tree(entry, known)
        if tree is not None:
            path = f"{PARAMS}.{name}"
            read[path] = Definition(
                path=path,
                tree=tree,
                text=_written(entry),
                description=entry.text("description"),
                reads=(),
                span=section.key_span(name),
            )

    section.each(add, "parameter")
    return read


def _written(entry: Reader) -> str:
    span = entry.value_span("default")
    return entry.source.line(span.line)[span.column - 1 : span.column - 1 + span.length]


def _tree(entry: Reader, products: tuple[str, ...]) -> Expr | None:
    if not entry.allow(("type", "default"), ("products", "description")):
        return None
    kind = entry.text("type")
    if kind not in _TYPES:
        entry.wrong(
            entry.items["type"][1],
            f"`type` must be one of: {', '.join(_TYPES)}",
            did_you_mean(kind, _TYPES),
        )
        return None
    default = _value(entry, entry.items["default"][1], kind)
    own = entry.mapping("products", "`products`")
    values: dict[str, Expr | None] = {}
    for product, (key, value) in own.items.items() if own is not None else ():
        if product not in products:
            entry.found.error(
                Code.UNKNOWN_REFERENCE,
                f"there is no product `{product}`",
                node_span(entry.source, key),
                hint=did_you_mean(product, products) or f"there are: {', '.join(products)}",
            )
        values[product] = _value(entry, value, kind)
    return _chosen(entry, default, values)


def _chosen(entry: Reader, default: Expr | None, values: dict[str, Expr | None]) -> Expr | None:
    """``application.product == "a" ? x : application.product == "b" ? y : default``."""
    if default is None or None in values.values():
        return None
    tree = default
    if values and isinstance(default, ListOf):
        entry.wrong(entry.items["products"][1], "a list is the same for all products")
        return None
    for product, value in reversed(values.items()):
        if value is None or value.type != default.type:
            return None
        test = Call(
            name="==", operands=(_PRODUCT, Literal(value=product, type="string")), type="bool"
        )
        tree = Conditional(condition=test, yes=value, no=tree, type=default.type)
    return tree


def _value(entry: Reader, node: Node, kind: str) -> Expr | None:
    if isinstance(node, SequenceNode):
        items = [_scalar(entry, item, kind) for item in node.value]
        good = tuple(item for item in items if item is not None)
        if not items:
            entry.wrong(node, "a list of values must not be empty")
        return (
            ListOf(items=good, type=f"list({kind})") if good and len(good) == len(items) else None
        )
    return _scalar(entry, node, kind)


def _scalar(entry: Reader, node: Node, kind: str) -> Literal | None:
    value = scalar(node) if isinstance(node, ScalarNode) else None
    good = isinstance(value, _TYPES[kind]) and (kind == "bool" or not isinstance(value, bool))
    if good and kind == "int":
        good = -_INT64 <= int(str(value)) < _INT64
    if not good or value is None:
        hint = "put it in quotes" if kind == "string" and value is not None else ""
        entry.found.error(
            Code.PARAMETER_TYPE,
            f"the value is not of type {kind}",
            node_span(entry.source, node),
            hint=hint,
        )
        return None
    return Literal(value=float(value) if kind == "double" else value, type=kind)
