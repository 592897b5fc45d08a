"""When further proofs may be added to a decision, and what they make of its application."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import InvalidApplication, TouchstoneError
from engine.model import Admission, Evidence, EvidenceKind, VerificationStatus
from engine.outcome import Decision, ExpectedLimit, LimitStatus, Outcome, PlanItem
from engine.record import DecisionRecord
from engine.supplement import MAX_EVIDENCE, NothingToSupplement, PlanExpired, Supplement
from engine.supplement import next_admission as following
from tests.applications import AS_OF_US, admission, application, gathered, payroll

_OPEN = AS_OF_US + 1_000


def _record(plan: bool = True, expires: int | None = _OPEN) -> DecisionRecord:
    item = PlanItem(proof="tax", least_amount_minor=1_000_000, cost=1, days=1)
    expected = ExpectedLimit(
        status=LimitStatus.NEEDS_EVIDENCE,
        asked_minor=5_000_000,
        target_minor=5_000_000,
        offer_minor=1_000_000,
        gap_minor=4_000_000,
        binding_cap=None,
        plan=(item,) if plan else (),
        plan_expires_at_us=expires,
    )
    decision = Decision(
        decision_id="dec_first",
        as_of_us=AS_OF_US,
        product="classic",
        currency="CNY",
        outcome=Outcome.APPROVE,
        line=None,
        expected_limit=expected,
        score=None,
        reasons=(),
        required_documents=(),
        findings=(),
        stages=(),
        degradations=(),
        policy_digest="",
        model_digests=(),
    )
    asked = replace(admission(application(evidence=payroll(400_000))), decision_id="dec_first")
    return DecisionRecord(admission=asked, gathered=gathered(), decision=decision)


def _proof(number: int, amount: int = 100) -> Evidence:
    return Evidence(
        evidence_id=f"proof-{number}",
        kind=EvidenceKind.TAX,
        amount_minor=amount,
        source="tax_bureau",
        status=VerificationStatus.VERIFIED,
        issued_on=None,
    )


def _next(
    record: DecisionRecord, *proofs: Evidence, currency: str = "CNY", at: int = AS_OF_US + 1
) -> Admission:
    return following(
        record,
        Supplement(evidence=proofs, currency=currency),
        decision_id="dec_second",
        request_id="second",
        as_of_us=at,
    )


def test_the_chain_is_one_applicant() -> None:
    """Also after a second supplement: root, its time and the expiry stay."""
    second = _next(_record(), _proof(1))
    record = replace(_record(), admission=second)
    third = _next(record, _proof(2), at=AS_OF_US + 2)

    assert (second.applicant_key, second.applied_at_us) == ("dec_first", AS_OF_US)
    assert third.follows is not None
    assert (third.follows.decision_id, third.applicant_key) == ("dec_second", "dec_first")
    assert (third.applied_at_us, third.follows.open_until_us) == (AS_OF_US, _OPEN)
    assert [proof.evidence_id for proof in third.application.evidence] == [
        "payroll",
        "proof-1",
        "proof-2",
    ]


def test_a_proof_of_the_same_kind_and_id_takes_the_place_of_the_earlier() -> None:
    """A corrected amount does not count beside the one that was wrong."""
    record = replace(_record(), admission=_next(_record(), _proof(1, 900)))

    amounts = [p.amount_minor for p in _next(record, _proof(1, 800)).application.evidence]

    assert amounts == [400_000, 800]


@pytest.mark.parametrize(
    "record, at, error",
    [
        (_record(plan=False), AS_OF_US + 1, NothingToSupplement),
        (_record(expires=None), AS_OF_US + 1, NothingToSupplement),
        (_record(), _OPEN, PlanExpired),
    ],
    ids=["no plan", "not kept open", "expired"],
)
def test_only_an_open_plan_takes_proofs(
    record: DecisionRecord, at: int, error: type[TouchstoneError]
) -> None:
    """The error says what to do instead."""
    with pytest.raises(error, match="send a new application"):
        _next(record, _proof(1), at=at)


@pytest.mark.parametrize(
    "proofs, currency, said",
    [
        ((_proof(1),), "USD", "must be in CNY"),
        (tuple(map(_proof, range(MAX_EVIDENCE))), "CNY", "at most 50"),
        ((_proof(1, (1 << 53) - 1),), "CNY", "too large"),
    ],
    ids=["currency", "too many", "too large"],
)
def test_what_does_not_fit_the_application_is_refused(
    proofs: tuple[Evidence, ...], currency: str, said: str
) -> None:
    """The field is named."""
    with pytest.raises(InvalidApplication, match=f"evidence: .*{said}"):
        _next(_record(), *proofs, currency=currency)
