"""What the shipped credit-card policy answers, stage by stage."""

from collections.abc import Iterator

import pytest

from engine.outcome import Outcome
from engine.rules import (
    DurableRuleEngine,
    RuleEngine,
    Signals,
    StageResult,
    load_bundle,
    vocabulary,
)
from tests.unit.rules.bundles import SHIPPED
from touchstone.v1 import facts_pb2

STAGES = ("eligibility", "fraud", "approval")


@pytest.fixture(scope="module")
def engine() -> Iterator[RuleEngine]:
    """The shipped policy's engine."""
    found = DurableRuleEngine(load_bundle(SHIPPED))
    yield found
    found.close()


def customer() -> facts_pb2.Facts:
    """A good customer of whom everything is known; whatever is not set here is 0 or false."""
    facts = facts_pb2.Facts()
    for field in vocabulary.fields().values():
        if field.known_by == field.path:
            *parents, name = field.path.split(".")
            message = facts
            for parent in parents:
                message = getattr(message, parent)
            getattr(message, name).SetInParent()
    facts.application.product = "classic"
    facts.application.channel = "mobile"
    facts.applicant.age = 35
    facts.applicant.id_document_days_left.value = 2_000
    facts.bureau.present = True
    facts.bureau.months_on_file.value = 60
    facts.bureau.months_reported.value = 24
    facts.bureau.utilisation.value = 0.3
    facts.evidence.verified_income_minor = 1_500_000
    facts.evidence.debt_to_income.value = 0.2
    facts.graph.available.value = True
    facts.score.pd.value = 0.08
    return facts


def decide(engine: RuleEngine, facts: facts_pb2.Facts) -> StageResult:
    """The result of the stage with the gravest outcome."""
    signals, results = Signals(), []
    for stage in STAGES:
        results.append(engine.evaluate(stage, facts, signals))
        signals = results[-1].signals
    return max(results, key=lambda item: item.outcome.severity if item.outcome else -1)


def answer(engine: RuleEngine, facts: facts_pb2.Facts) -> tuple[Outcome | None, list[str]]:
    """Outcome and reason codes."""
    found = decide(engine, facts)
    return found.outcome, [reason.code for reason in found.reasons]


def neighbours(facts: facts_pb2.Facts, kind: str, count: int, frauds: int = 0) -> None:
    """Other applicants on one identifier, all within a week."""
    shared = getattr(facts.graph, kind)
    for name in ("applicants", "applicants_7d", "applicants_30d", "degree"):
        getattr(shared, name).value = count
    shared.fraud.value = frauds
    facts.graph.neighbour_count.value = count
    facts.graph.ring_members.value = count + 1
    facts.graph.ring_fraud.value = frauds
    for number in range(count):
        facts.graph.neighbours.add(fraud=number < frauds, kinds=[kind], days=3)


def test_a_good_customer_passes_every_stage(engine: RuleEngine) -> None:
    """No rule speaks against the customer."""
    assert answer(engine, customer()) == (None, [])


@pytest.mark.parametrize("product", ["classic", "gold", "student"])
def test_products(engine: RuleEngine, product: str) -> None:
    """Each product for those it is meant for."""
    facts = customer()
    facts.application.product = product
    facts.applicant.is_student = product == "student"
    assert answer(engine, facts) == (None, [])
    facts.applicant.is_student = not facts.applicant.is_student
    assert answer(engine, facts) == (Outcome.DECLINE, ["PRODUCT_NOT_AVAILABLE"])


def test_platinum_needs_strength(engine: RuleEngine) -> None:
    """Verified income or verified assets."""
    facts = customer()
    facts.application.product = "platinum"
    assert answer(engine, facts) == (Outcome.REFER, ["PRODUCT_STRENGTH"])
    facts.evidence.verified_assets_minor = 50_000_000
    assert answer(engine, facts) == (None, [])


def test_a_thin_file_is_referred(engine: RuleEngine) -> None:
    """Short history is no fault, and no ground to approve unseen."""
    facts = customer()
    facts.bureau.months_on_file.value = 3
    assert answer(engine, facts) == (Outcome.REFER, ["THIN_FILE"])


def test_no_bureau_is_referred(engine: RuleEngine) -> None:
    """Eligibility says so; nothing else is needed."""
    facts = customer()
    facts.bureau.Clear()
    found = engine.evaluate("eligibility", facts, Signals())
    assert found.outcome is Outcome.REFER
    assert [reason.code for reason in found.reasons] == ["NO_BUREAU_REPORT"]


@pytest.mark.parametrize("path", ["own_minor", "elsewhere_minor"])
def test_unknown_held_lines_are_referred(engine: RuleEngine, path: str) -> None:
    """They would have to be deducted in full."""
    facts = customer()
    facts.lines.ClearField(path)
    assert answer(engine, facts) == (Outcome.REFER, ["HELD_LINES_UNKNOWN"])


@pytest.mark.parametrize("field", [f for f in vocabulary.fields().values() if f.known_by])
def test_missing_information_is_never_better(engine: RuleEngine, field: vocabulary.Field) -> None:
    """Leaving a field out does not turn a refusal to approve into an approval."""
    facts = customer()
    neighbours(facts, "device", 4, frauds=2)
    facts.bureau.current_delay.value = 4
    facts.score.pd.value = 0.9
    *parents, name = field.known_by.split(".")
    message = facts
    for parent in parents:
        message = getattr(message, parent)
    message.ClearField(name)
    assert answer(engine, facts)[0] is Outcome.DECLINE


def test_the_debt_laden_are_declined(engine: RuleEngine) -> None:
    """Obligations eat the income."""
    facts = customer()
    facts.evidence.debt_to_income.value = 0.75
    assert answer(engine, facts) == (Outcome.DECLINE, ["DEBT_TO_INCOME"])


def test_a_serious_delay_is_declined(engine: RuleEngine) -> None:
    """Three months past due now."""
    facts = customer()
    facts.bureau.current_delay.value = 3
    facts.bureau.worst_delay_6m.value = 3
    assert answer(engine, facts) == (
        Outcome.DECLINE,
        ["CURRENT_DELINQUENCY", "RECENT_DELINQUENCY"],
    )


@pytest.mark.parametrize(
    "pd, expected",
    [(0.24, None), (0.25, Outcome.REFER), (0.399, Outcome.REFER), (0.40, Outcome.DECLINE)],
)
def test_cut_offs(engine: RuleEngine, pd: float, expected: Outcome | None) -> None:
    """Score reasons are left to whoever holds the score."""
    facts = customer()
    facts.score.pd.value = pd
    reasons = [] if expected is None else ["SCORE_FAMILIES"]
    assert answer(engine, facts) == (expected, reasons)


def test_a_ring_on_one_device(engine: RuleEngine) -> None:
    """Later members are looked at; declined once two on the device are known as fraud."""
    first, later, marked = customer(), customer(), customer()
    neighbours(first, "device", 2)
    neighbours(later, "device", 3)
    neighbours(marked, "device", 5, frauds=2)
    assert answer(engine, first) == (None, [])
    found = decide(engine, later)
    assert [reason.code for reason in found.reasons] == ["VERIFY_IDENTITY"]
    assert found.outcome is Outcome.REFER
    assert found.required_documents == ("id_document", "live_photo")
    assert answer(engine, marked)[0] is Outcome.DECLINE
    assert answer(engine, marked)[1][0] == "FRAUD_NETWORK"


def test_a_family_and_a_dormitory_are_no_ring(engine: RuleEngine) -> None:
    """Four at one address, twelve behind one IP: people live together."""
    family, dormitory = customer(), customer()
    neighbours(family, "address", 3)
    neighbours(dormitory, "ip", 11)
    assert answer(engine, family) == (None, [])
    assert answer(engine, dormitory) == (None, [])


def test_without_the_graph_a_person_looks(engine: RuleEngine) -> None:
    """An absent answer is not an empty one."""
    facts = customer()
    facts.graph.Clear()
    assert answer(engine, facts) == (Outcome.REFER, ["INFORMATION_MISSING"])


def test_a_rooted_device_caps_the_line(engine: RuleEngine) -> None:
    """Without an outcome of its own."""
    facts = customer()
    facts.session.rooted.value = True
    found = engine.evaluate("fraud", facts, Signals())
    assert (found.outcome, found.cap_line_minor) == (None, 2_000_000)


@pytest.mark.parametrize(
    "product, months, inquiries, cap",
    [
        ("classic", 6, 4, 500_000),
        ("classic", 11, 3, 2_000_000),
        ("classic", 12, 4, 2_000_000),
        ("classic", 23, 3, 2_000_000),
        ("classic", 24, 9, None),
        ("gold", 6, 4, 1_500_000),
        ("gold", 23, 4, 3_000_000),
        ("student", 6, 4, None),
    ],
)
def test_a_young_record_starts_small(
    engine: RuleEngine, product: str, months: int, inquiries: int, cap: int | None
) -> None:
    """The first row of the table that fits; most have none."""
    facts = customer()
    facts.application.product = product
    facts.bureau.months_on_file.value = months
    facts.bureau.inquiries_3m.value = inquiries
    assert engine.evaluate("approval", facts, Signals()).cap_line_minor == cap


def test_a_cap_that_cannot_be_told_is_looked_at(engine: RuleEngine) -> None:
    """Without the inquiries nobody knows which row of a young record applies."""
    facts = customer()
    facts.bureau.months_on_file.value = 9
    facts.bureau.ClearField("inquiries_3m")
    assert answer(engine, facts)[0] is Outcome.REFER


def test_no_reason_says_more_than_every_caller_of_it_knows() -> None:
    """Trials have no application to be checked, reviews read no bureau, a loss is not a record."""
    reasons = load_bundle(SHIPPED).reasons
    for reason in reasons.values():
        assert "we are checking" not in reason.text_en
        assert "正在核实" not in reason.text_zh
        if reason.code.startswith("SCORE_"):
            assert "bureau" not in reason.text_en
            assert "征信" not in reason.text_zh
    assert "record" not in reasons["LINE_CAP_EXPECTED_LOSS"].text_en
    assert "记录" not in reasons["LINE_CAP_EXPECTED_LOSS"].text_zh
