"""Where faults of products and scorecards stand in the files: they are read without positions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from yaml.nodes import MappingNode, Node, SequenceNode

from engine.rules import Bundle, Code, Diagnostic, Severity, Source, Span
from engine.rules.diagnostics import Diagnostics
from engine.rules.yaml_source import compose, node_span

_PRODUCTS = "products.yaml"
_STEP = re.compile(r"[^.\[\]]+")


def product_faults(message: str, sources: Mapping[str, Source]) -> tuple[Diagnostic, ...]:
    """The lines of ``message``, ``file: path: what``, each where its path stands."""
    source = sources.get(_PRODUCTS)
    node = compose(source, Diagnostics()) if source is not None else None
    return tuple(_product_fault(line, source, node) for line in message.splitlines())


def _product_fault(line: str, source: Source | None, node: Node | None) -> Diagnostic:
    told = line.removeprefix(f"{_PRODUCTS}: ")
    span = Span(_PRODUCTS, 1, 1)
    if source is not None and node is not None:
        path, separator, _ = told.partition(": ")
        place = _descend(node, _STEP.findall(path)) if separator else None
        span = span if place is None else node_span(source, place)
    return Diagnostic(Code.WRONG_VALUE, Severity.ERROR, told, span)


def _descend(node: Node, steps: list[str]) -> Node | None:
    """The key of the deepest entry on the way that exists; ``None`` if not even the first does."""
    place: Node | None = None
    for step in steps:
        if isinstance(node, MappingNode):
            entry = next(((k, v) for k, v in node.value if k.value == step), None)
            if entry is None:
                return place
            place, node = entry
        elif isinstance(node, SequenceNode) and step.isdigit() and int(step) < len(node.value):
            place = node = node.value[int(step)]
        else:
            return place
    return place


def scorecard_faults(bundle: Bundle, refused: Iterable[tuple[str, str]]) -> Iterator[Diagnostic]:
    """Scorecards that cannot be used, each at the stage that names it."""
    spans = {
        name: stage.span
        for stage in bundle.strategy.stages
        for name in (*stage.all_scorecards, *stage.challengers)
    }
    for name, why in refused:
        message = f"scorecard `{name}` cannot be used: {why}"
        hint = f"the files of the scorecard are under scorecards/{name}"
        yield Diagnostic(Code.WRONG_VALUE, Severity.ERROR, message, spans[name], hint=hint)
