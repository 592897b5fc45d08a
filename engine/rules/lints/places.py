"""Where in a rule's condition a path stands."""

from __future__ import annotations

from engine.rules.ast import Has, Read, walk
from engine.rules.diagnostics import Diagnostics
from engine.rules.model import Bundle, Rule, Ruleset
from engine.rules.source import Span, span_at
from engine.rules.tables.model import Row


def path_span(rule: Rule, path: str, found: Diagnostics) -> Span:
    """The span of the first mention of ``path``; the rule's id if it is hidden.

    A row of a table mentions it in the head of a column.
    """
    if rule.row is not None:
        return dict(rule.row.sites).get(path, rule.span)
    for node in walk(rule.when.tree):
        if isinstance(node, (Read, Has)) and node.path == path:
            # CEL places a field at its dot: the path begins where its root is written.
            root = path.split(".", maxsplit=1)[0]
            start = rule.when.text.rfind(root, 0, node.offset + 1)
            start = rule.when.text.find(root, node.offset) if start < 0 else start
            if start >= 0:
                return span_at(found.sources[rule.path], rule.places[start], len(path))
    return rule.span


def all_rules(bundle: Bundle) -> tuple[Rule, ...]:
    """Every rule, in the order of the strategy and of declaration."""
    names = [name for stage in bundle.strategy.stages for name in stage.rulesets]
    return tuple(rule for name in names for rule in bundle.rulesets[name].rules)


def table_rows(ruleset: Ruleset) -> tuple[tuple[Rule, Row], ...]:
    """The rows of a table in the order written, without ``otherwise``."""
    rows = ((rule, rule.row) for rule in ruleset.rules)
    return tuple((rule, row) for rule, row in rows if row is not None and not row.otherwise)
