"""A condition asks for a product that products.yaml does not have."""

from __future__ import annotations

from collections.abc import Iterator

from engine.rules.ast import Call, Expr, ListOf, Literal, Read, walk
from engine.rules.diagnostics import Code, Diagnostics, did_you_mean
from engine.rules.lints.places import all_rules
from engine.rules.model import Bundle, Rule
from engine.rules.source import Span, span_at

_PATH = "application.product"


def check(bundle: Bundle, found: Diagnostics) -> None:
    """Warn of them: earlier policies, which promises and replays need, go on being read."""
    listed = bundle.products.get("products")
    known = tuple(map(str, listed)) if isinstance(listed, dict) else ()
    for rule in all_rules(bundle) if known else ():
        for literal, span in _named(rule, found):
            if literal.value not in known:
                found.warning(
                    Code.UNKNOWN_REFERENCE,
                    f"there is no product `{literal.value}` in products.yaml",
                    span,
                    hint=did_you_mean(str(literal.value), known) or f"known: {', '.join(known)}",
                )


def _named(rule: Rule, found: Diagnostics) -> Iterator[tuple[Literal, Span]]:
    """The products that a rule, or the cells of a row, compare with."""
    if rule.row is not None:
        for cell in rule.row.cells:
            for literal in _products(cell.test) if cell.test is not None else ():
                yield literal, cell.span
        return
    for literal in _products(rule.when.tree):
        at = rule.when.text.find(str(literal.value), literal.offset)
        if at < 0:  # written in a definition, elsewhere
            yield literal, rule.span
        else:
            source = found.sources[rule.path]
            yield literal, span_at(source, rule.places[at], len(str(literal.value)))


def _products(tree: Expr) -> Iterator[Literal]:
    for node in walk(tree):
        if not isinstance(node, Call) or node.name not in {"==", "!=", "in"}:
            continue
        if any(isinstance(part, Read) and part.path == _PATH for part in node.operands):
            for part in node.operands:
                items = part.items if isinstance(part, ListOf) else (part,)
                yield from (item for item in items if isinstance(item, Literal))
