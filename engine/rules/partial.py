"""Rules over facts of which some are not known yet: what follows for certain, and what may follow.

A rule is certain if it comes out the same however the hidden fields are filled in; every other
rule may hit, miss, be unknown or fail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from engine.outcome import Outcome, RuleResult
from engine.rules.interpreter import Failed, Interpreter
from engine.rules.model import Bundle, Rule, Stage
from engine.rules.result import ERROR, HIT, MISS, StageResult, Verdict, combine
from engine.rules.signals import Signals
from engine.rules.standing import Standing
from engine.rules.tables.aggregate import total_cap, total_points
from engine.rules.tables.model import HitPolicy
from engine.rules.unknowns import Knowledge
from engine.rules.vocabulary import LISTS, SIGNALS
from touchstone.v1 import facts_pb2


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRule:
    """A rule that cannot be told. ``missing``: the fields, signals and lists that would tell it."""

    rule: Rule
    missing: tuple[str, ...]

    @property
    def gravest(self) -> Outcome | None:
        """The gravest outcome that it may have."""
        given = (
            self.rule.then.outcome,
            self.rule.on_unknown.outcome if self.rule.when.can_be_unknown else None,
            self.rule.on_error.outcome if self.rule.when.can_err else None,
        )
        outcomes = [outcome for outcome in given if outcome is not None]
        return max(outcomes, key=lambda outcome: outcome.severity, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialResult:
    """``certain``: the stage's answer of the rules that are certain.

    ``caps_minor``: the lowest cap that the line may have, and the highest, which is ``None`` where
    it may have none. ``points``: the fewest and the most that may be added.
    """

    certain: StageResult
    open_rules: tuple[OpenRule, ...]
    caps_minor: tuple[int | None, int | None]
    points: tuple[int, int]


def evaluate_partly(
    bundle: Bundle,
    stage: Stage,
    facts: facts_pb2.Facts,
    hidden: AbstractSet[str],
    signals: Signals,
    standing: Standing,
) -> PartialResult:
    """The stage's rules over facts without those that are ``hidden``.

    ``standing.snoozed``: rules that may have been put to sleep for this customer.
    """
    run = _Run(bundle, stage, facts, hidden, signals, standing)
    told = [(rule, run.verdict(rule)) for rule in bundle.rules_of(stage)]
    certain = [(rule, verdict) for rule, verdict in told if verdict is not None]
    undecided = [rule for rule, verdict in told if verdict is None and not rule.is_idle]
    return PartialResult(
        certain=combine(certain, run.signals(), bundle.reasons, bundle.tables),
        open_rules=tuple(OpenRule(rule=rule, missing=run.missing(rule)) for rule in undecided),
        caps_minor=_caps(bundle, certain, undecided),
        points=_points(bundle, certain, undecided),
    )


class _Run:
    """One evaluation of a stage; a verdict of ``None`` cannot be told."""

    def __init__(
        self,
        bundle: Bundle,
        stage: Stage,
        facts: facts_pb2.Facts,
        hidden: AbstractSet[str],
        before: Signals,
        standing: Standing,
    ) -> None:
        self._bundle, self._before, self._standing = bundle, before, standing
        self._hidden = hidden
        self._setters: dict[str, list[Rule]] = {}
        for rule in bundle.rules_of(stage):
            if rule.then.signal:
                self._setters.setdefault(rule.then.signal, []).append(rule)
        self._verdicts: dict[int, Verdict | None] = {}
        self._interpreter = Interpreter(facts, self._told, hidden)
        self._knowledge = Knowledge(facts, before, standing)

    def signals(self) -> Signals:
        """Those of earlier stages and of this one."""
        values = {name: self._signal(name) for name in self._setters}
        return self._before.plus(
            (name for name, value in values.items() if value),
            (name for name, value in values.items() if value is None),
        )

    def verdict(self, rule: Rule) -> Verdict | None:
        """The rule's verdict, worked out once."""
        if id(rule) not in self._verdicts:
            ruleset = self._bundle.rulesets[rule.ruleset]
            if ruleset.table is None:
                self._verdicts[id(rule)] = self._awake(rule, self._decide(rule))
            else:
                self._decide_table(ruleset.table.hit, ruleset.rules)
        return self._verdicts[id(rule)]

    def missing(self, rule: Rule) -> tuple[str, ...]:
        """What of the rule's condition is not known yet."""
        return tuple(path for path in rule.when.mentions if self._is_open(path))

    def _is_open(self, path: str) -> bool:
        if path.split(".", maxsplit=1)[0] in {SIGNALS, LISTS}:
            return self._told(path) is None
        return path in self._hidden

    def _told(self, path: str) -> bool | None:
        root, _, name = path.partition(".")
        return self._signal(name) if root == SIGNALS else self._standing.lists.value(name)

    def _signal(self, name: str) -> bool | None:
        verdicts = [self.verdict(rule) for rule in self._setters.get(name, ())]
        if name in self._before.true or HIT in verdicts:
            return True
        misses = all(verdict == MISS for verdict in verdicts)
        return False if misses and name not in self._before.unknown else None

    def _decide(self, rule: Rule) -> Verdict | None:
        value = self._interpreter.truth(rule.when.tree)
        if isinstance(value, bool):
            return HIT if value else MISS
        if self.missing(rule):
            return None
        if isinstance(value, Failed):
            return ERROR
        return self._knowledge.unknown(rule.when)

    def _awake(self, rule: Rule, verdict: Verdict | None) -> Verdict | None:
        return None if verdict != MISS and rule.id in self._standing.snoozed else verdict

    def _decide_table(self, hit: HitPolicy, rules: tuple[Rule, ...]) -> None:
        """As the reference does; behind a row that cannot be told no hit is certain."""
        verdicts: dict[int, Verdict | None] = {}
        settled = doubtful = False
        for rule in rules:
            last = rule.row is not None and rule.row.otherwise
            passed = settled and (hit is HitPolicy.FIRST or last)
            verdict = MISS if passed else self._decide(rule)
            decides = _decides(rule, verdict)
            if doubtful and decides and (hit is HitPolicy.FIRST or last):
                verdict = None
            verdicts[id(rule)] = verdict
            settled = settled or decides
            doubtful = doubtful or verdict is None
        if hit is HitPolicy.UNIQUE:
            verdicts = _unique(verdicts)
        for rule in rules:
            self._verdicts[id(rule)] = self._awake(rule, verdicts[id(rule)])


def _decides(rule: Rule, verdict: Verdict | None) -> bool:
    """Whether the row for certain ends a table: see ``engine.rules.reference``."""
    if verdict is None:
        return False
    if verdict.result is RuleResult.UNKNOWN:
        return rule.on_unknown.outcome is not None
    if verdict.result is RuleResult.ERROR:
        return rule.on_error.outcome is not None
    return verdict.result is RuleResult.HIT


def _unique(verdicts: dict[int, Verdict | None]) -> dict[int, Verdict | None]:
    """Two hits are an error; where there may be a second, none is certain."""
    hits = [key for key, verdict in verdicts.items() if verdict == HIT]
    if len(hits) > 1:
        return verdicts | dict.fromkeys(hits, ERROR)
    return verdicts | dict.fromkeys(hits) if None in verdicts.values() else verdicts


def _grouped(
    bundle: Bundle, certain: Sequence[tuple[Rule, Verdict]], undecided: Sequence[Rule]
) -> Mapping[str, tuple[list[Rule], list[Rule]]]:
    """By ruleset: the rules that hit for certain, and those that may."""
    groups: dict[str, tuple[list[Rule], list[Rule]]] = {name: ([], []) for name in bundle.rulesets}
    for rule, verdict in certain:
        if verdict == HIT:
            groups[rule.ruleset][0].append(rule)
    for rule in undecided:
        groups[rule.ruleset][1].append(rule)
    return groups


def _caps(
    bundle: Bundle, certain: Sequence[tuple[Rule, Verdict]], undecided: Sequence[Rule]
) -> tuple[int | None, int | None]:
    """A table of which a row cannot be told may come to any cap that it holds, or to none."""
    lowest: list[int] = []
    highest: list[int] = []
    for name, (hits, maybe) in _grouped(bundle, certain, undecided).items():
        told = [r.then.cap_line_minor for r in hits if r.then.cap_line_minor is not None]
        more = [r.then.cap_line_minor for r in maybe if r.then.cap_line_minor is not None]
        # The caps of a table's rows may be added up or the highest may count: only a plain rule's
        # own cap binds for certain beside one that cannot be told.
        if told and (not more or name not in bundle.tables):
            whole = total_cap(hits, bundle.tables)
            told = [] if whole is None else [whole]
            highest += told
        lowest += told + more
    return min(lowest, default=None), min(highest, default=None)


def _points(
    bundle: Bundle, certain: Sequence[tuple[Rule, Verdict]], undecided: Sequence[Rule]
) -> tuple[int, int]:
    """A table's rows come to something between the sum of the negative and of the positive."""
    low = high = 0
    for name, (hits, maybe) in _grouped(bundle, certain, undecided).items():
        more = [rule.then.adjust_points for rule in maybe]
        if name in bundle.tables and any(more):
            more += [rule.then.adjust_points for rule in hits]
        else:
            whole = total_points(hits, bundle.tables)
            low, high = low + whole, high + whole
        low += sum(points for points in more if points < 0)
        high += sum(points for points in more if points > 0)
    return low, high
