"""Which rule or table reads and sets what: a policy as a graph, to be drawn or searched.

Edges point the way facts flow: from a source to its fields, from a field to the rules that read
it, from a rule to the signal that it sets and from there to the rules that read that, and from a
rule to its reason, its outcome and what else follows from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.rules import vocabulary
from engine.rules.model import Bundle, Rule, Stage

LINE, POINTS = "line", "points"


class Kind(StrEnum):
    """What a node is."""

    SOURCE = "source"
    FIELD = "field"
    LIST = "list"
    RULE = "rule"
    TABLE = "table"
    SIGNAL = "signal"
    REASON = "reason"
    OUTCOME = "outcome"
    DOCUMENT = "document"
    EFFECT = "effect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """``id`` is unique: kind and name. ``group``: a field's root, or a rule's stage.

    ``outcomes``: of a rule or table, those it can give.
    """

    id: str
    kind: Kind
    name: str
    group: str = ""
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """From one node's id to another's; ``label`` is ``supplies``, ``reads`` or ``sets``."""

    start: str
    end: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """Nodes in reading order: stage by stage; edges in the order of their rules."""

    name: str
    stages: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def of(self, *kinds: Kind) -> tuple[Node, ...]:
        """The nodes of some kinds, in order."""
        return tuple(node for node in self.nodes if node.kind in kinds)

    def around(self, node_id: str) -> Structure:
        """What a node depends on, and what depends on it, however far."""
        kept = self._reached(node_id, back=True) | self._reached(node_id, back=False)
        edges = tuple(e for e in self.edges if e.start in kept and e.end in kept)
        nodes = tuple(node for node in self.nodes if node.id in kept)
        return replace(self, nodes=nodes, edges=edges)

    def _reached(self, node_id: str, *, back: bool) -> set[str]:
        reached, waiting = {node_id}, [node_id]
        following: dict[str, list[str]] = {}
        for edge in self.edges:
            start, end = (edge.end, edge.start) if back else (edge.start, edge.end)
            following.setdefault(start, []).append(end)
        while waiting:
            for other in following.get(waiting.pop(), ()):
                if other not in reached:
                    reached.add(other)
                    waiting.append(other)
        return reached


def node_id(kind: Kind, name: str) -> str:
    """The id of the node of that kind and name."""
    return f"{kind.value}:{name}"


def structure_of(bundle: Bundle) -> Structure:
    """The graph of a bundle. The rows of a table are one node."""
    nodes: dict[str, Node] = {}
    edges: dict[Edge, None] = {}
    for stage in bundle.strategy.stages:
        for rule in bundle.rules_of(stage):
            _add_rule(bundle, stage, rule, nodes, edges)
    ordered = sorted(nodes.values(), key=lambda node: list(Kind).index(node.kind))
    return Structure(
        name=bundle.name,
        stages=tuple(stage.name for stage in bundle.strategy.stages),
        nodes=tuple(ordered),
        edges=tuple(edges),
    )


def _add_rule(
    bundle: Bundle, stage: Stage, rule: Rule, nodes: dict[str, Node], edges: dict[Edge, None]
) -> None:
    own = _rule_node(bundle, stage, rule)
    outcome = rule.then.outcome.value if rule.then.outcome else ""
    before = nodes.get(own.id, own)
    outcomes = (*before.outcomes, *((outcome,) if outcome else ()))
    nodes[own.id] = replace(before, outcomes=tuple(dict.fromkeys(outcomes)))
    for path in rule.when.mentions:
        read = _read_node(path)
        nodes.setdefault(read.id, read)
        source = vocabulary.SOURCE_OF_ROOT.get(read.group)
        if source is not None and read.kind is Kind.FIELD:
            supplier = _node(Kind.SOURCE, source)
            nodes.setdefault(supplier.id, supplier)
            edges[Edge(supplier.id, read.id, "supplies")] = None
        edges[Edge(read.id, own.id, "reads")] = None
    for node in _effects(rule):
        nodes.setdefault(node.id, node)
        edges[Edge(own.id, node.id, "sets")] = None


def _rule_node(bundle: Bundle, stage: Stage, rule: Rule) -> Node:
    if bundle.rulesets[rule.ruleset].table is not None:
        return _node(Kind.TABLE, rule.ruleset, stage.name)
    return _node(Kind.RULE, rule.id, stage.name)


def _read_node(path: str) -> Node:
    root, _, name = path.partition(".")
    if root == vocabulary.SIGNALS:
        return _node(Kind.SIGNAL, name)
    if root == "lists":
        return _node(Kind.LIST, name)
    return _node(Kind.FIELD, path, root)


def _effects(rule: Rule) -> Iterator[Node]:
    then = rule.then
    if then.signal:
        yield _node(Kind.SIGNAL, then.signal)
    if then.reason:
        yield _node(Kind.REASON, then.reason)
    if then.outcome is not None:
        yield _node(Kind.OUTCOME, then.outcome.value)
    for document in then.require:
        yield _node(Kind.DOCUMENT, document)
    if then.cap_line_minor is not None:
        yield _node(Kind.EFFECT, LINE)
    if then.adjust_points:
        yield _node(Kind.EFFECT, POINTS)


def _node(kind: Kind, name: str, group: str = "") -> Node:
    return Node(id=node_id(kind, name), kind=kind, name=name, group=group)
