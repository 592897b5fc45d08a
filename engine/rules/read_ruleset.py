"""A ruleset's file: rules, their conditions and their effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yaml.nodes import Node, ScalarNode

from engine.outcome import Outcome
from engine.rules.ast import Expr
from engine.rules.condition import Condition, compile_condition
from engine.rules.days import read_window, within
from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.environment import Environment
from engine.rules.model import Effects, Fallback, Rule, Ruleset, Undecided
from engine.rules.positions import value_positions
from engine.rules.read_reasons import INFORMATION_MISSING, RULE_ERROR
from engine.rules.reader import UPPER_NAME, Reader
from engine.rules.source import Source, Span, span_at

DEFAULT_PRIORITY = 100
MAX_AMOUNT_MINOR = 10**15

_OPTIONAL = ("description", "priority", "on_unknown", "on_error", "from", "until")
EFFECTS = ("outcome", "reason", "signal", "require", "cap_line_minor", "adjust_points")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft:
    """A rule whose condition is not compiled yet: that needs every file's signals."""

    ruleset: str
    id: str
    description: str
    when: ScalarNode | None
    then: Effects
    priority: int
    on_unknown: Undecided
    on_error: Undecided
    span: Span
    reason_span: Span
    source: Source
    window: tuple[str, str]


def read_drafts(source: Source, node: Node, name: str, found: Diagnostics) -> tuple[RuleDraft, ...]:
    """The file's rules, conditions uncompiled."""
    reader = Reader(source, node, found, "the ruleset")
    reader.allow(("ruleset", "rules"), ("description", "on_unknown", "on_error", "from", "until"))
    declared = reader.name("ruleset", default=name)
    if declared != name:
        reader.wrong(
            reader.items["ruleset"][1], f"the file {source.path} must hold the ruleset `{name}`"
        )
    unknown = read_undecided(reader, "on_unknown", default_undecided(INFORMATION_MISSING))
    error = read_undecided(reader, "on_error", default_undecided(RULE_ERROR))
    window = read_window(reader)
    return tuple(
        _draft(Reader(source, item, found, "a rule"), name, unknown, error, window)
        for item in reader.list_of("rules")
    )


def default_undecided(reason: str) -> Undecided:
    """Refer, with the built-in reason."""
    return Undecided(fallback=Fallback.REFER, reason=reason)


def _draft(
    reader: Reader, ruleset: str, unknown: Undecided, error: Undecided, outer: tuple[str, str]
) -> RuleDraft:
    reader.allow(("id", "when", "then"), _OPTIONAL)
    then = reader.mapping("then", "`then`")
    return RuleDraft(
        ruleset=ruleset,
        id=reader.name("id", UPPER_NAME),
        description=reader.text("description"),
        when=_condition_node(reader),
        then=Effects() if then is None else read_effects(then),
        priority=reader.integer("priority", DEFAULT_PRIORITY, 0, 9_999),
        on_unknown=read_undecided(reader, "on_unknown", unknown),
        on_error=read_undecided(reader, "on_error", error),
        span=reader.value_span("id"),
        reason_span=then.value_span("reason") if then is not None else reader.value_span("id"),
        source=reader.source,
        window=narrowed(read_window(reader), outer),
    )


def narrowed(own: tuple[str, str], outer: tuple[str, str]) -> tuple[str, str]:
    """The days on which both are in force."""
    ends = [day for day in (own[1], outer[1]) if day]
    return max(own[0], outer[0]), min(ends, default="")


def _condition_node(reader: Reader) -> ScalarNode | None:
    node = reader.node_of("when")
    if node is None:
        return None
    if isinstance(node, ScalarNode) and node.value.strip():
        return node
    reader.wrong(node, "`when` must be a CEL condition", "quote it, or write it after `|`")
    return None


def read_effects(reader: Reader) -> Effects:
    """What ``then`` says, of a rule or of a table's row."""
    reader.allow((), EFFECTS)
    outcome = reader.choice("outcome", Outcome, Outcome.APPROVE)
    cap = reader.integer("cap_line_minor", -1, 0, MAX_AMOUNT_MINOR)
    return Effects(
        outcome=outcome if "outcome" in reader.items else None,
        reason=reader.name("reason", UPPER_NAME),
        signal=reader.name("signal"),
        require=reader.names("require"),
        cap_line_minor=cap if cap >= 0 else None,
        adjust_points=reader.integer("adjust_points", 0, -1_000, 1_000),
    )


def read_undecided(reader: Reader, key: str, default: Undecided) -> Undecided:
    """``on_unknown: ignore`` or ``on_unknown: {outcome: decline, reason: CODE}``."""
    node = reader.node_of(key)
    if node is None:
        return default
    if isinstance(node, ScalarNode):
        fallback = reader.choice(key, Fallback, default.fallback)
        if fallback is Fallback.DECLINE:
            _lacks_reason(reader, key)
        return Undecided(
            fallback=fallback, reason="" if fallback is Fallback.IGNORE else _built_in(key)
        )
    inner = Reader(reader.source, node, reader.found, f"`{key}`")
    inner.allow(("outcome", "reason"))
    fallback = inner.choice("outcome", Fallback, default.fallback)
    return Undecided(fallback=fallback, reason=inner.name("reason", UPPER_NAME))


def _built_in(key: str) -> str:
    return INFORMATION_MISSING if key == "on_unknown" else RULE_ERROR


def _lacks_reason(reader: Reader, key: str) -> None:
    reader.found.error(
        Code.MISSING_REASON,
        f"`{key}: decline` gives the customer no reason",
        reader.value_span(key),
        hint=f"write `{key}: {{outcome: decline, reason: CODE}}`",
    )


def compile_ruleset(
    name: str,
    path: str,
    drafts: tuple[RuleDraft, ...],
    environment: Environment,
    definitions: Mapping[str, Expr],
    found: Diagnostics,
) -> Ruleset:
    """Compile the conditions; rules whose condition is refused are left out."""
    rules = (_compile(draft, environment, definitions, found) for draft in drafts)
    return Ruleset(name=name, rules=tuple(r for r in rules if r is not None), path=path)


def _compile(
    draft: RuleDraft,
    environment: Environment,
    definitions: Mapping[str, Expr],
    found: Diagnostics,
) -> Rule | None:
    if draft.when is None or not draft.id:
        return None
    places = value_positions(draft.source, draft.when)
    condition = compile_condition(draft.when.value, environment, definitions)
    if not isinstance(condition, Condition):
        for problem in condition:
            span = span_at(draft.source, places[problem.offset], problem.length)
            found.error(problem.code, problem.message, span, label=problem.label, hint=problem.hint)
        return None
    return Rule(
        ruleset=draft.ruleset,
        id=draft.id,
        description=draft.description,
        when=Condition(condition.text, within(condition.tree, *draft.window)),
        then=draft.then,
        priority=draft.priority,
        on_unknown=draft.on_unknown,
        on_error=draft.on_error,
        span=draft.span,
        reason_span=draft.reason_span,
        path=draft.source.path,
        places=places,
        valid_from=draft.window[0],
        valid_until=draft.window[1],
    )
