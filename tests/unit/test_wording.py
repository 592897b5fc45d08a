"""Each answer in words: formats, and one text for every status in each voice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from engine.estimate import whole
from engine.evaluate import estimate, evaluate
from engine.explain import explain
from engine.model import HeldLines, LineKind, SharedLine
from engine.outcome import Decision, LimitStatus, Outcome
from engine.policy import Policy, load_policy
from engine.record import DecisionRecord
from engine.rules.wording import Section
from engine.wording import Speaker
from engine.wording.formats import amount, day, listed
from tests.applications import admission, application, gathered, payroll, shared

_POLICY = Path(__file__).resolve().parents[2] / "rulesets" / "credit_card"
_PART = SharedLine(kind=LineKind.SUPPLEMENTARY, parent="dec_parent")
_RAISE = SharedLine(kind=LineKind.TEMPORARY, parent="dec_parent", until=date(2026, 6, 30))


@pytest.fixture(scope="module")
def policy() -> Iterator[Policy]:
    """The shipped one."""
    loaded = load_policy(_POLICY)
    yield loaded
    loaded.rules.close()


def _decided(policy: Policy, **changes: object) -> Decision:
    result = evaluate(policy, admission(application(**changes)), gathered())
    assert isinstance(result, Decision)
    return result


@pytest.mark.parametrize(
    "minor, currency, told",
    [
        (3_000_000, "CNY", ("CNY 30,000", "30,000元")),
        (3_000_050, "CNY", ("CNY 30,000.50", "30,000.50元")),
        (0, "CNY", ("CNY 0", "0元")),
        (30_000, "JPY", ("JPY 30,000", "30,000日元")),
        (1_234_567, "KWD", ("KWD 1,234.567", "1,234.567 KWD")),
    ],
)
def test_amounts_read_as_a_customer_writes_them(
    minor: int, currency: str, told: tuple[str, str]
) -> None:
    """Decimals only where there are any, as many as the currency has."""
    assert amount(minor, currency) == told


def test_days_are_those_of_the_business() -> None:
    """One o'clock in Beijing is still the day before in Greenwich."""
    new_year_us = 1_798_736_400_000_000  # 2026-12-31 17:00 UTC
    assert day(new_year_us, 480) == ("1 January 2027", "2027年1月1日")
    assert day(new_year_us, 0) == ("31 December 2026", "2026年12月31日")


def test_lists_read_as_lists() -> None:
    """None, one, more."""
    assert listed([]) == ("", "")
    assert listed([("a", "甲")]) == ("a", "甲")
    assert listed([("a", "甲"), ("b", "乙"), ("c", "丙")]) == ("a, b and c", "甲、乙、丙")


def test_a_plan_names_proof_amount_and_the_last_day(policy: Policy) -> None:
    """All that a customer must know to get the limit; the day is one on which proofs are taken."""
    decision = _decided(policy, expected_limit_minor=2_500_000, evidence=payroll(300_000))
    answer = decision.expected_limit
    assert answer.status is LimitStatus.NEEDS_EVIDENCE
    (item,) = answer.plan
    assert item.text_en == "a housing fund record showing an income of at least CNY 14,000 a month"
    assert item.text_zh == "住房公积金缴存记录(月收入不低于14,000元)"
    assert item.text_en in answer.text_en
    assert item.text_zh in answer.text_zh
    assert answer.plan_expires_at_us is not None
    until = day(answer.plan_expires_at_us - 1, 480)
    assert f"by the end of {until[0]}" in answer.text_en
    assert until[1] in answer.text_zh
    assert (answer.plan_expires_at_us + 480 * 60_000_000) % 86_400_000_000 == 0
    assert "less than the CNY 25,000 that you asked for" in decision.text_en


@pytest.mark.parametrize(
    "changes, outcome, status, said",
    [
        ({}, Outcome.APPROVE, LimitStatus.NOT_ASKED, "The line is CNY 28,500."),
        (
            {"expected_limit_minor": 2_500_050},
            Outcome.APPROVE,
            LimitStatus.MET,
            "so your CNY 25,000.50 is taken as CNY 25,000. The CNY 25,000 that you hope",
        ),
        (
            {"expected_limit_minor": 9_900_000},
            Outcome.APPROVE,
            LimitStatus.PARTIAL,
            (
                "CNY 21,500 is out of reach: "
                "our overall assessment of credit risk limits the line at present."
            ),
        ),
        (
            {"expected_limit_minor": 2_000_000, "evidence": ()},
            Outcome.REFER,
            LimitStatus.NEEDS_EVIDENCE,
            "This is not a promise. Please send us by the end of",
        ),
        (
            {"expected_limit_minor": 2_000_000, "bureau": None},
            Outcome.REFER,
            LimitStatus.UNDETERMINED,
            "cannot be determined until the review has completed what is missing",
        ),
        (
            {"bureau": None},
            Outcome.REFER,
            LimitStatus.NOT_ASKED,
            "The credit line cannot be determined",
        ),
        (
            {"birth_date": date(2015, 1, 1)},
            Outcome.DECLINE,
            LimitStatus.NOT_ASKED,
            "no limit can be offered",
        ),
        (
            {
                "expected_limit_minor": 4_500_000,
                "evidence": payroll(300_000),
                "held_lines": HeldLines(own_minor=0, elsewhere_minor=27_000_000),
            },
            Outcome.APPROVE,
            LimitStatus.PARTIAL,
            "With further proof it could be up to CNY 28,500.",
        ),
    ],
)
def test_each_status_has_its_text(
    policy: Policy, changes: dict[str, object], outcome: Outcome, status: LimitStatus, said: str
) -> None:
    """In the voice of its outcome, and of a trial calculation, with nothing left unfilled."""
    decision = _decided(policy, **changes)
    assert (decision.outcome, decision.expected_limit.status) == (outcome, status)
    assert said in decision.expected_limit.text_en
    asked = replace(admission(application(**changes)), decision_id="")
    trial = estimate(policy, asked)
    for told in (decision, trial):
        texts = (told.text_en, told.text_zh, told.expected_limit.text_en)
        assert all(texts)
        assert not any("{" in text or "}" in text for text in texts)
    assert "available to you" not in trial.expected_limit.text_en
    assert "trial calculation" in trial.text_en
    if outcome is Outcome.REFER:
        assert "available" not in decision.expected_limit.text_en
        assert "Nothing has been decided yet" in decision.text_en


@pytest.mark.parametrize(
    "shares, hoped, said_en, said_zh",
    [
        (
            _PART,
            None,
            "for a supplementary card is approved. It may use CNY 10,000 of the primary card's",
            "可使用主卡信用额度中的10,000元。",
        ),
        (_PART, 2_000_000, "which is less than the CNY 20,000 that you asked for", "低于您申请的"),
        (
            _RAISE,
            None,
            "raised to CNY 28,500 until the end of 30 June 2026. After that it is CNY 20,000 again",
            "有效期至2026年6月30日(含当日),到期后恢复为20,000元。",
        ),
        (
            _RAISE,
            4_800_000,
            "30 June 2026, which is less than the CNY 48,000",
            "低于您申请的48,000元",
        ),
    ],
)
def test_a_shared_line_is_told_as_one(
    policy: Policy, shares: SharedLine, hoped: int | None, said_en: str, said_zh: str
) -> None:
    """A part of another card's, and a raise with its last day and what follows it."""
    asked = application(
        shares=shares,
        supplementary=shares.kind is LineKind.SUPPLEMENTARY,
        expected_limit_minor=hoped,
    )
    decision = evaluate(policy, admission(asked), shared(line_minor=2_000_000))
    assert isinstance(decision, Decision)
    assert decision.outcome is Outcome.APPROVE
    assert said_en in decision.text_en
    assert said_zh in decision.text_zh


def test_required_documents_are_told_by_name(policy: Policy) -> None:
    """In decisions, trial calculations and to staff; one without a text by its code."""
    student = replace(application(), product="student")
    asked = replace(student, applicant=replace(student.applicant, is_student=True))
    made = evaluate(policy, admission(asked), gathered())
    assert isinstance(made, Decision)
    (document,) = made.documents
    assert made.required_documents == (document.code,) == ("second_repayment_source",)
    assert document.text_en.startswith("proof of a second repayer")
    assert document.text_zh.startswith("第二还款来源证明")
    assert whole(estimate(policy, admission(asked))).documents == made.documents
    record = DecisionRecord(admission=admission(asked), gathered=gathered(), decision=made)
    assert f"Asked for: {document.text_en} (second_repayment_source)." in explain(record, "en")
    assert f"需提供: {document.text_zh} (second_repayment_source)。" in explain(record, "zh")

    texts = {**policy.bundle.wording, Section.DOCUMENTS: {}}
    nameless = Speaker(replace(policy.bundle, wording=texts), policy.products["student"])
    (bare,) = nameless.documents(made.required_documents)
    assert (bare.text_en, bare.text_zh) == (bare.code, bare.code)
