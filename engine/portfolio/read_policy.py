"""``portfolio.yaml``: read, check everything, and point at what is wrong."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import pairwise

from yaml.nodes import Node, ScalarNode

from engine.portfolio.columns import COLUMNS, Column, Kind
from engine.portfolio.language import DERIVED, AccountEnvironment, compile_rule
from engine.portfolio.policy import (
    AccountRule,
    Action,
    Budget,
    BudgetName,
    Rating,
    ReviewPolicy,
    ValueModel,
    columns_of,
)
from engine.rules.condition import Condition
from engine.rules.diagnostics import Code, Diagnostics, did_you_mean
from engine.rules.positions import value_positions
from engine.rules.read_reasons import SCORE_FAMILIES
from engine.rules.reader import UPPER_NAME, Reader
from engine.rules.source import Source, span_at

PORTFOLIO = "portfolio.yaml"
MAX_STEPS = 8
MAX_RULES = 100
MAX_EXTRA = 100
MOST_DECIMALS = 4
_MOST_MAJOR = 10**13


class PolicyReader:
    """Reads one file. ``reasons``: the codes of the catalogue; ``digits``: of the minor unit."""

    def __init__(
        self, source: Source, found: Diagnostics, reasons: Collection[str], digits: int
    ) -> None:
        self._source, self._found = source, found
        self._reasons, self._digits = reasons, digits

    def read(self, node: Node) -> ReviewPolicy | None:
        """The policy; ``None`` after diagnostics that leave nothing to be read."""
        reader = Reader(self._source, node, self._found, "the portfolio review")
        required = ("rating", "unrated_pd", "cooling_off_months", "steps", "value", "rules")
        if not reader.allow(required, ("budgets", "columns")):
            return None
        extra = self._extra(reader)
        rating, rated_by = self._rating(reader)
        environment = AccountEnvironment(columns_of(rating, rated_by, extra))
        raises, cuts = self._steps(reader)
        return ReviewPolicy(
            rating=rating,
            rated_by=rated_by,
            unrated_pd=self._decimal(reader, "unrated_pd", 0, 1),
            cooling_off_months=reader.integer("cooling_off_months", 0, 0, 120),
            raises=raises,
            cuts=cuts,
            value=self._value(reader),
            budgets=self._budgets(reader),
            rules=self._rules(reader, environment),
            extra=extra,
        )

    def _decimal(self, reader: Reader, key: str, low: int, high: int) -> Fraction:
        """An exact decimal of at most four places, so that no rounding enters."""
        node = reader.node_of(key)
        if node is None:
            return Fraction(0)
        value = _exact(node)
        if value is not None and low <= value <= high:
            return value
        told = (
            f"`{key}` must be a number from {low} to {high} with at most {MOST_DECIMALS} decimals"
        )
        reader.wrong(node, told)
        return Fraction(0)

    def _amount(self, reader: Reader, key: str) -> int:
        """Minor units of an amount in major units, at least 0."""
        node = reader.node_of(key)
        value = None if node is None else _exact(node)
        minor = None if value is None else value * 10**self._digits
        if minor is not None and 0 <= minor <= _MOST_MAJOR * 100 and minor.denominator == 1:
            return int(minor)
        if node is not None:
            told = f"`{key}` must be an amount of at least 0 with at most {self._digits} decimals"
            reader.wrong(node, told)
        return 0

    def _extra(self, reader: Reader) -> tuple[Column, ...]:
        section = reader.mapping("columns", "`columns`")
        found: list[Column] = []
        taken = {item.name for item in COLUMNS} | {name for _, name, _, _ in DERIVED}

        def add(name: str, entry: Reader) -> None:
            entry.allow(("type", "description"))
            kind = entry.choice("type", Kind, Kind.INT)
            if name in taken:
                entry.wrong(entry.node, f"`{name}` is a column of every review already")
            elif not name.isidentifier() or not name.islower():
                span = section.key_span(name) if section is not None else entry.span
                self._found.error(Code.BAD_NAME, f"`{name}` is not a name: lower_snake_case", span)
            else:
                low = -(10**12)
                found.append(Column(name, kind, entry.text("description"), low=low))

        if section is not None:
            section.each(add, "column")
        if len(found) > MAX_EXTRA:
            reader.wrong(section.node if section else reader.node, f"more than {MAX_EXTRA} columns")
        return tuple(found[:MAX_EXTRA])

    def _rating(self, reader: Reader) -> tuple[Rating, str]:
        inner = reader.mapping("rating", "`rating`")
        if inner is None:
            return Rating.PD_COLUMN, "pd"
        inner.allow((), tuple(Rating))
        given = [kind for kind in Rating if kind.value in inner.items]
        if len(given) != 1:
            inner.wrong(inner.node, f"`rating` must have one of: {', '.join(Rating)}")
            return Rating.PD_COLUMN, "pd"
        return given[0], inner.name(given[0].value, default="pd")

    def _steps(self, reader: Reader) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
        inner = reader.mapping("steps", "`steps`")
        if inner is None:
            return (), ()
        inner.allow(("raise", "cut"))
        return self._shares(inner, "raise", 10), self._shares(inner, "cut", 1)

    def _shares(self, reader: Reader, key: str, high: int) -> tuple[Fraction, ...]:
        nodes = reader.list_of(key)
        values = [_exact(item) for item in nodes]
        good = [value for value in values if value is not None and 0 < value <= high]
        ascending = all(one < other for one, other in pairwise(good))
        if len(good) != len(nodes) or len(nodes) > MAX_STEPS or not ascending:
            told = (
                f"`{key}` must list at most {MAX_STEPS} shares above 0, at most {high}, ascending"
            )
            reader.wrong(reader.node_of(key) or reader.node, told)
            return ()
        return tuple(good)

    def _value(self, reader: Reader) -> ValueModel:
        inner = reader.mapping("value", "`value`")
        shares = ("margin", "raise_response", "credit_conversion", "capital_share", "capital_cost")
        if inner is None or not inner.allow((*shares, "adverse_cost")):
            return ValueModel(**dict.fromkeys(shares, Fraction(0)), adverse_cost_minor=0)
        return ValueModel(
            margin=self._decimal(inner, "margin", 0, 1),
            raise_response=self._decimal(inner, "raise_response", 0, 1),
            credit_conversion=self._decimal(inner, "credit_conversion", 0, 1),
            capital_share=self._decimal(inner, "capital_share", 0, 1),
            capital_cost=self._decimal(inner, "capital_cost", 0, 1),
            adverse_cost_minor=self._amount(inner, "adverse_cost"),
        )

    def _budgets(self, reader: Reader) -> tuple[Budget, ...]:
        section = reader.mapping("budgets", "`budgets`")
        if section is None:
            return ()
        section.allow((), tuple(BudgetName))
        found = []
        for name in BudgetName:
            inner = section.mapping(name.value, f"the budget `{name}`")
            if inner is not None:
                found.append(self._budget(name, inner))
        return tuple(found)

    def _budget(self, name: BudgetName, inner: Reader) -> Budget:
        inner.allow((), ("at_most", "growth"))
        if len(inner.items) != 1:
            inner.wrong(inner.node, f"the budget `{name}` has either `at_most` or `growth`")
            return Budget(name=name, growth=Fraction(0))
        if "at_most" in inner.items:
            return Budget(name=name, at_most_minor=self._amount(inner, "at_most"))
        return Budget(name=name, growth=self._decimal(inner, "growth", -1, 10))

    def _rules(self, reader: Reader, environment: AccountEnvironment) -> tuple[AccountRule, ...]:
        nodes = reader.list_of("rules")
        if len(nodes) > MAX_RULES:
            self._found.error(
                Code.RULE_LIMIT, f"more than {MAX_RULES} rules", reader.value_span("rules")
            )
            return ()
        rules: dict[str, AccountRule] = {}
        for node in nodes:
            inner = Reader(self._source, node, self._found, "a rule")
            rule = self._rule(inner, environment)
            if rule is not None and rule.id in rules:
                self._found.error(
                    Code.DUPLICATE_ID, f"there are two rules `{rule.id}`", inner.value_span("id")
                )
            elif rule is not None:
                rules[rule.id] = rule
        return tuple(rules.values())

    def _rule(self, reader: Reader, environment: AccountEnvironment) -> AccountRule | None:
        if not reader.allow(("id", "description", "when", "then")):
            return None
        when = self._condition(reader, environment)
        then = reader.mapping("then", "`then`")
        if then is None:
            return None
        then.allow((), ("may", "must", "reason"))
        must = "must" in then.items
        key = "must" if must else "may"
        if must == ("may" in then.items):
            then.wrong(then.node, "`then` has either `may` or `must`")
        action = then.choice(key, Action, Action.KEEP)
        if (action, must) in {(Action.RAISE, True), (Action.KEEP, False)}:
            told = "nobody must be raised" if must else "everybody may keep the line"
            then.wrong(then.node_of(key) or then.node, told, "write `may: raise` or `must: keep`")
        reason = self._reason(reader, then, action)
        name = reader.name("id", UPPER_NAME)
        if when is None or not name:
            return None
        return AccountRule(
            id=name,
            description=reader.text("description"),
            when=when,
            action=action,
            must=must,
            reason=reason,
        )

    def _condition(self, reader: Reader, environment: AccountEnvironment) -> Condition | None:
        node = reader.node_of("when")
        if not isinstance(node, ScalarNode) or not node.value.strip():
            reader.wrong(node or reader.node, "`when` must be a CEL condition")
            return None
        found = compile_rule(node.value, environment)
        if isinstance(found, Condition):
            return found
        places = value_positions(self._source, node)
        for problem in found:
            span = span_at(self._source, places[problem.offset], problem.length)
            self._found.error(
                problem.code, problem.message, span, label=problem.label, hint=problem.hint
            )
        return None

    def _reason(self, reader: Reader, then: Reader, action: Action) -> str:
        """A cut or a freeze is explained to the customer, as a decline is."""
        reason = then.name("reason", UPPER_NAME)
        if action.adverse and not reason and "reason" not in then.items:
            self._found.error(
                Code.MISSING_REASON,
                f"`{action}` gives the customer no reason",
                reader.value_span("id"),
                hint=f"write `reason: CODE`, or `{SCORE_FAMILIES}` for those of the score",
            )
        elif reason and not action.adverse:
            self._found.error(
                Code.IDLE_REASON,
                f"reason `{reason}` explains nothing: the line is neither cut nor frozen",
                then.value_span("reason"),
                hint="remove the reason",
            )
        elif reason and reason not in self._reasons:
            self._found.error(
                Code.UNKNOWN_REASON,
                f"reason `{reason}` is not in the catalogue",
                then.value_span("reason"),
                hint=did_you_mean(reason, self._reasons),
            )
        return reason


def _exact(node: Node) -> Fraction | None:
    """The decimal that stands there, to the digit; ``None`` for anything else."""
    if not isinstance(node, ScalarNode):
        return None
    try:
        value = Decimal(str(node.value).replace("_", ""))
    except InvalidOperation:
        return None
    exponent = value.as_tuple().exponent
    if not value.is_finite() or not isinstance(exponent, int) or exponent < -MOST_DECIMALS:
        return None
    return Fraction(value) if abs(value) < 10 * _MOST_MAJOR else None
