import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from engine.outcome import Outcome
from engine.rules import (
    DurableRuleEngine,
    Effects,
    Fallback,
    ReferenceRuleEngine,
    Rule,
    RuleEngine,
    RuleEngineError,
    Signals,
    StageResult,
)
from engine.rules import agenda as agenda_module
from engine.rules.agenda import Agenda
from engine.rules.model import Undecided
from engine.rules.strata import SignalCycle, stratify
from tests.property.rules_random import STAGE, make_bundle, make_rule
from tests.unit.rules.conditions import condition
from touchstone.v1 import facts_pb2

ENGINES = [DurableRuleEngine, ReferenceRuleEngine]
YES, NO, MAYBE, BROKEN = "true", "false", "bureau.score > 1", "1 / applicant.age > 0"


def rule(number: int, text: str, **options: Any) -> Rule:
    """A rule; without effects of its own it adjusts the points."""
    then = options.pop("then", Effects(adjust_points=1))
    return make_rule(number, condition(text), then=then, **options)


@contextmanager
def running(kind: type[RuleEngine], *rules: Rule) -> Iterator[RuleEngine]:
    """An engine over these rules; the signals of the tests are all declared."""
    declared = tuple(
        rule(900 + n, NO, then=Effects(signal=s)) for n, s in enumerate(("bad", "burst", "good"))
    )
    engine = kind(make_bundle((*rules, *declared)))  # type: ignore[call-arg]
    try:
        yield engine
    finally:
        engine.close()


def evaluate(kind: type[RuleEngine], *rules: Rule, signals: Signals | None = None) -> StageResult:
    """The answer over facts of which nothing optional is known, age 0."""
    with running(kind, *rules) as engine:
        return engine.evaluate(STAGE, facts_pb2.Facts(), signals or Signals())


@pytest.mark.parametrize("kind", ENGINES)
class TestStage:
    """Promises of both engines."""

    def test_no_hit_is_no_outcome(self, kind: type[RuleEngine]) -> None:
        """A stage without an opinion leaves the decision to others."""
        found = evaluate(kind, rule(1, NO))
        assert found == StageResult(
            outcome=None,
            rules=(),
            reasons=(),
            signals=Signals(),
            required_documents=(),
            cap_line_minor=None,
            adjust_points=0,
        )

    def test_the_gravest_outcome_wins(self, kind: type[RuleEngine]) -> None:
        """Decline over refer over approve, whatever the order."""
        decline = Effects(outcome=Outcome.DECLINE, reason="REASON_1")
        refer = Effects(outcome=Outcome.REFER, reason="REASON_2")
        approve = Effects(outcome=Outcome.APPROVE)
        rules = [rule(n, YES, then=then) for n, then in enumerate((approve, decline, refer))]
        found = evaluate(kind, *rules)
        assert found.outcome is Outcome.DECLINE
        assert [item.code for item in found.reasons] == ["REASON_1", "REASON_2"]

    def test_the_agenda_is_by_priority_then_declaration(self, kind: type[RuleEngine]) -> None:
        """Lower priorities run first."""
        priorities = (100, 5, 100, 0)
        rules = [rule(n, YES, priority=p) for n, p in enumerate(priorities)]
        found = evaluate(kind, *rules)
        assert [trace.rule_id for trace in found.rules] == ["R3", "R1", "R0", "R2"]

    def test_effects_add_up(self, kind: type[RuleEngine]) -> None:
        """The lowest cap, the sum of points, each document once in order."""
        effects = (
            Effects(cap_line_minor=500, adjust_points=-5, require=("payslip",)),
            Effects(cap_line_minor=300, adjust_points=2, require=("id_document", "payslip")),
            Effects(cap_line_minor=0),
        )
        hits = [rule(n, YES, then=then) for n, then in enumerate(effects[:2])]
        found = evaluate(kind, *hits, rule(2, NO, then=effects[2]))
        assert found.cap_line_minor == 300
        assert found.adjust_points == -3
        assert found.required_documents == ("payslip", "id_document")

    def test_a_cap_of_nothing_is_a_cap(self, kind: type[RuleEngine]) -> None:
        """Zero is not "no cap"."""
        assert evaluate(kind, rule(1, YES, then=Effects(cap_line_minor=0))).cap_line_minor == 0

    @pytest.mark.parametrize(
        "text, built_in", [(MAYBE, "INFORMATION_MISSING"), (BROKEN, "RULE_ERROR")]
    )
    def test_what_cannot_be_told_is_referred(
        self, kind: type[RuleEngine], text: str, built_in: str
    ) -> None:
        """By default a person looks, and no effect of the rule is applied."""
        then = Effects(outcome=Outcome.DECLINE, reason="REASON_1", cap_line_minor=1)
        found = evaluate(kind, rule(1, text, then=then))
        assert found.outcome is Outcome.REFER
        assert [item.code for item in found.reasons] == [built_in]
        assert found.cap_line_minor is None

    @pytest.mark.parametrize("option", ["on_unknown", "on_error"])
    def test_what_cannot_be_told_follows_the_policy(
        self, kind: type[RuleEngine], option: str
    ) -> None:
        """Ignore leaves a trace and no outcome; decline gives the policy's reason."""
        text = MAYBE if option == "on_unknown" else BROKEN
        ignore = Undecided(fallback=Fallback.IGNORE, reason="")
        decline = Undecided(fallback=Fallback.DECLINE, reason="REASON_3")
        ignored = evaluate(kind, rule(1, text, **{option: ignore}))
        assert (ignored.outcome, len(ignored.rules), ignored.reasons) == (None, 1, ())
        declined = evaluate(kind, rule(1, text, **{option: decline}))
        assert declined.outcome is Outcome.DECLINE
        assert declined.reasons[0].code == "REASON_3"

    def test_one_failing_rule_leaves_the_others_alone(self, kind: type[RuleEngine]) -> None:
        """Only the rule at fault is marked."""
        found = evaluate(kind, rule(1, YES), rule(2, BROKEN), rule(3, YES), rule(4, MAYBE))
        assert [trace.result for trace in found.rules] == ["hit", "error", "hit", "unknown"]

    @pytest.mark.parametrize(
        "setters, expected",
        [
            ((YES,), True),
            ((NO,), False),
            ((MAYBE,), None),
            ((BROKEN,), None),
            ((NO, MAYBE), None),
            ((MAYBE, YES), True),
            ((NO, NO), False),
        ],
    )
    def test_a_signal_is_true_unknown_or_false(
        self, kind: type[RuleEngine], setters: tuple[str, ...], expected: bool | None
    ) -> None:
        """Any hit makes it true; else anything that cannot be told makes it unknown."""
        rules = [rule(n, text, then=Effects(signal="burst")) for n, text in enumerate(setters)]
        found = evaluate(kind, *rules, rule(50, "signals.burst", priority=0))
        assert found.signals.value("burst") is expected
        results = {True: "hit", None: "unknown", False: "miss"}
        traced = {trace.rule_id: trace.result for trace in found.rules}
        assert traced.get("R50", "miss") == results[expected]

    def test_signals_chain(self, kind: type[RuleEngine]) -> None:
        """A signal may rest on signals; the order of declaration and priority are nothing."""
        found = evaluate(
            kind,
            rule(1, "signals.good", then=Effects(signal="bad"), priority=0),
            rule(2, "signals.burst", then=Effects(signal="good"), priority=1),
            rule(3, YES, then=Effects(signal="burst"), priority=2),
            rule(4, "!signals.bad", priority=3),
        )
        assert [trace.rule_id for trace in found.rules] == ["R1", "R2", "R3"]
        assert found.signals.true == {"bad", "burst", "good"}

    def test_signals_of_earlier_stages_are_carried(self, kind: type[RuleEngine]) -> None:
        """A later hit makes an unknown signal true; nothing makes a true one false."""
        before = Signals(frozenset({"good"}), frozenset({"burst", "bad"}))
        found = evaluate(
            kind,
            rule(1, YES, then=Effects(signal="burst")),
            rule(2, NO, then=Effects(signal="good")),
            rule(3, "signals.good && signals.burst"),
            signals=before,
        )
        assert found.signals == Signals(frozenset({"good", "burst"}), frozenset({"bad"}))
        assert "R3" in [trace.rule_id for trace in found.rules]

    def test_another_thread_is_refused(self, kind: type[RuleEngine]) -> None:
        """The C core has no locks: two threads on one instance lose firings silently."""
        caught: list[Exception] = []

        def use(engine: RuleEngine) -> None:
            try:
                engine.evaluate(STAGE, facts_pb2.Facts(), Signals())
            except RuleEngineError as error:
                caught.append(error)

        with running(kind, rule(1, YES)) as engine:
            engine.evaluate(STAGE, facts_pb2.Facts(), Signals())
            thread = threading.Thread(target=use, args=(engine,))
            thread.start()
            thread.join()
        assert len(caught) == 1


def test_the_same_reason_is_given_once() -> None:
    """The gravest rule keeps it."""
    refer = Effects(outcome=Outcome.REFER, reason="REASON_1")
    decline = Effects(outcome=Outcome.DECLINE, reason="REASON_1")
    found = evaluate(DurableRuleEngine, rule(1, YES, then=refer), rule(2, YES, then=decline))
    assert [(item.source, item.outcome) for item in found.reasons] == [("rule:R2", "decline")]


def test_a_cycle_has_no_order() -> None:
    """Whoever builds an engine by hand learns it too."""
    rules = (
        rule(1, "signals.good", then=Effects(signal="bad")),
        rule(2, "signals.bad", then=Effects(signal="good")),
    )
    with pytest.raises(SignalCycle, match="R1 -> R2 -> R1"):
        stratify(rules)


@pytest.mark.parametrize("count", [1, 49, 50, 51, 64, 65, 199, 200, 201, 450, 1_000])
def test_every_rule_may_fire_at_once(count: int) -> None:
    """Beyond the limits of a node or a fact the C core would drop rules silently."""
    agenda = Agenda(count)
    try:
        for _ in range(3):
            agenda.fire(range(count))
            agenda.fire(range(0, count, 3))
            agenda.fire([count - 1])
            agenda.fire([])
    finally:
        agenda.close()


def test_a_large_ruleset_is_evaluated_whole() -> None:
    """Hundreds of rules, all hitting: more than one fact and one list can hold."""
    long = " && ".join(f'application.product != "{n:0>100}"' for n in range(30))
    rules = [replace(rule(n, long), priority=n % 7) for n in range(450)]
    found = evaluate(DurableRuleEngine, *rules)
    assert len(found.rules) == 450
    assert found.adjust_points == 450


class _Contradicting:
    """durable-rules as it behaves beyond its limits: it answers, but wrongly."""

    def __init__(self, real: Any, fired: int) -> None:
        self._real, self._left = real, fired

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def complete_and_start_action(self, handle: int, state: int) -> Any:
        """Fewer firings than there are."""
        self._left -= 1
        return self._real.complete_and_start_action(handle, state) if self._left > 0 else None


def test_a_missing_firing_is_never_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine raises, and is not used again."""
    with running(DurableRuleEngine, *(rule(n, YES) for n in range(5))) as engine:
        lying = _Contradicting(vars(agenda_module)["durable"], 3)
        monkeypatch.setattr(agenda_module, "durable", lying)
        with pytest.raises(RuleEngineError, match="fired 3 rules, expected 5"):
            engine.evaluate(STAGE, facts_pb2.Facts(), Signals())
        monkeypatch.undo()
        with pytest.raises(RuleEngineError, match="failed before"):
            engine.evaluate(STAGE, facts_pb2.Facts(), Signals())


def test_a_refused_fact_is_never_an_answer() -> None:
    """A code that says "nothing matched" contradicts what CEL decided."""
    agenda = Agenda(3)
    try:
        with pytest.raises(RuleEngineError, match="code 1 on assert"):
            agenda.fire([7])
    finally:
        agenda.close()
