from dataclasses import replace
from typing import Any

import pytest

from engine.lines import compute_line, expected_limit, highest_line, verified_strength
from engine.model import EvidenceKind, VerificationStatus
from engine.outcome import CapName, ExpectedLimit, LimitStatus
from tests.line_cases import SHIPPED, inputs, proof

CLASSIC, GOLD, STUDENT = SHIPPED["classic"], SHIPPED["gold"], SHIPPED["student"]


def test_a_line_worked_out_by_hand() -> None:
    """Band B: 3 x 15,000 is the least of the caps; each is what the definitions give."""
    line = compute_line(CLASSIC, inputs())
    expected = {
        CapName.INCOME: 4_500_000,
        CapName.DEBT_SERVICE: 13_500_000,  # (0.55 * 15,000 - 1,500) / 0.05
        CapName.EXPECTED_LOSS: 5_550_000,  # 2,000 / (0.08 * 0.75 * 0.6), in steps of 500
        CapName.TOTAL_EXPOSURE: 28_000_000,
        CapName.SEGMENT: None,
        CapName.PRODUCT: 5_000_000,
        CapName.GROUP: None,
        CapName.POLICY: None,
    }
    assert expected == {cap.name: cap.amount_minor for cap in line.caps}
    assert (line.line_minor, line.binding_cap, line.risk_band) == (4_500_000, CapName.INCOME, "B")
    assert (
        line.minimum_minor,
        line.maximum_minor,
        line.step_minor,
    ) == (100_000, 4_500_000, 50_000)


def test_the_waterfall_shows_each_reduction_and_the_rounding() -> None:
    """From income through the ceiling for customers new to credit, down to a step."""
    line = compute_line(CLASSIC, inputs(customer_segment="new_to_credit", policy_cap_minor=812_345))
    assert [(step.name, step.amount_minor) for step in line.waterfall] == [
        ("income", 4_500_000),
        ("segment", -3_500_000),
        ("policy", -187_655),
        ("rounding", -12_345),
    ]
    assert line.line_minor == 800_000


def test_room_below_the_minimum_is_no_line() -> None:
    """And the waterfall says so."""
    line = compute_line(CLASSIC, inputs(elsewhere_lines_minor=29_950_000))
    assert (line.line_minor, line.room_minor, line.minimum_minor) == (0, 50_000, 0)
    assert (line.waterfall[-1].name, line.waterfall[-1].amount_minor) == ("below_minimum", -50_000)


def test_lines_beyond_the_ceiling_leave_no_room_rather_than_less() -> None:
    """A person over the ceiling has room 0."""
    line = compute_line(CLASSIC, inputs(elsewhere_lines_minor=90_000_000))
    assert (line.room_minor, line.binding_cap) == (0, CapName.TOTAL_EXPOSURE)


def test_a_tie_goes_to_the_first_cap() -> None:
    """The policy asks exactly what income gives."""
    line = compute_line(CLASSIC, inputs(policy_cap_minor=4_500_000))
    assert line.binding_cap is CapName.INCOME


@pytest.mark.parametrize(
    "age, expected",
    [(21, 2_000_000), (22, None), (59, None), (60, 3_000_000), (75, 3_000_000)],
)
def test_age_ceilings_include_their_start_and_not_their_end(age: int, expected: int | None) -> None:
    """`below: 22` ends at 21; `from: 60` has no end."""
    line = compute_line(CLASSIC, inputs(age=age))
    assert [expected] == [c.amount_minor for c in line.caps if c.name is CapName.SEGMENT]


def test_the_lowest_ceiling_binds_and_is_named() -> None:
    """A student of 20 has the student's ceiling, not the age's."""
    line = compute_line(CLASSIC, inputs(age=20, is_student=True))
    assert [(c.amount_minor, c.detail) for c in line.caps if c.name is CapName.SEGMENT] == [
        (500_000, "student")
    ]


@pytest.mark.parametrize(
    "pd, band", [(0.0, "A"), (0.07, "B"), (0.0699999, "A"), (0.25, "E"), (1.0, "E")]
)
def test_a_band_ends_before_its_bound(pd: float, band: str) -> None:
    """The float 0.07 is a little above 7 %."""
    assert band == compute_line(CLASSIC, inputs(pd=pd)).risk_band


def test_a_pd_of_zero_has_no_loss_to_cap() -> None:
    """The cap does not apply; the others do."""
    line = compute_line(CLASSIC, inputs(pd=0.0))
    assert None is line.caps[2].amount_minor
    assert line.line_minor == 5_000_000


def test_only_the_best_of_alternative_incomes_counts() -> None:
    """Payroll and tax show the same salary: 10,000 against 0.95 x 12,000."""
    evidence = (
        proof(EvidenceKind.PAYROLL_FLOW, 1_000_000),
        proof(EvidenceKind.TAX, 1_200_000, "t"),
    )
    assert verified_strength(CLASSIC, evidence) == (1_140_000, 0)


def test_assets_add_up_within_the_cap_of_each_kind_and_of_all() -> None:
    """Two deposits and a flat; classic counts 1,000,000 of assets at most."""
    deposits = (
        proof(EvidenceKind.DEPOSITS, 10_000_000, "a"),
        proof(EvidenceKind.DEPOSITS, 20_000_000, "b"),
    )
    assert verified_strength(CLASSIC, deposits) == (0, 27_000_000)
    flat = proof(EvidenceKind.PROPERTY, 500_000_000, "c")
    assert verified_strength(CLASSIC, (*deposits, flat)) == (0, 100_000_000)


def test_a_haircut_rounds_down() -> None:
    """0.85 of 3 fen is 2 fen."""
    evidence = (proof(EvidenceKind.SOCIAL_SECURITY, 3),)
    assert verified_strength(CLASSIC, evidence) == (2, 0)


def test_a_proof_that_the_product_does_not_accept_changes_nothing() -> None:
    """Students cannot borrow against a vehicle."""
    evidence = (proof(EvidenceKind.VEHICLE, 10_000_000),)
    assert verified_strength(STUDENT, evidence) == (0, 0)


def answer(asked: int | None, *, declined: bool = False, **changes: Any) -> ExpectedLimit:
    """The answer of the classic card to a person."""
    person = inputs(**changes)
    line = None if declined else compute_line(CLASSIC, person)
    return expected_limit(CLASSIC, line=line, asked_minor=asked, declined=declined, inputs=person)


@pytest.mark.parametrize(
    "asked, target",
    [(3_012_345, 3_000_000), (1, 100_000), (99_999_999, 5_000_000), (5_000_000, 5_000_000)],
)
def test_the_target_is_a_line_of_the_product(asked: int, target: int) -> None:
    """Rounded down to the step and brought into the range."""
    assert target == answer(asked).target_minor


def test_nothing_asked_offers_the_line() -> None:
    """There is nothing to compare with."""
    found = answer(None)
    assert (found.status, found.offer_minor, found.gap_minor) == (
        LimitStatus.NOT_ASKED,
        4_500_000,
        0,
    )


def test_a_limit_that_is_met_is_offered_and_no_more() -> None:
    """The line would be 45,000."""
    found = answer(3_000_000)
    assert (found.status, found.offer_minor, found.binding_cap) == (
        LimitStatus.MET,
        3_000_000,
        None,
    )


def test_more_than_the_product_has_is_told_so() -> None:
    """The line is the product's maximum: met, and why it is not what was asked."""
    rich = (proof(EvidenceKind.PAYROLL_FLOW, 5_000_000),)
    found = answer(9_000_000, evidence=rich)
    assert (found.status, found.binding_cap) == (LimitStatus.MET, CapName.PRODUCT)


def test_a_gap_that_proofs_would_close_needs_evidence() -> None:
    """No proof yet, 30,000 hoped for."""
    found = answer(3_000_000, evidence=())
    assert (
        found.status,
        found.offer_minor,
        found.gap_minor,
        found.binding_cap,
    ) == (LimitStatus.NEEDS_EVIDENCE, 0, 3_000_000, CapName.INCOME)


def test_a_gap_that_no_proof_closes_is_partial() -> None:
    """A ceiling of 20,000 at the age of 20."""
    found = answer(3_000_000, age=20)
    assert (
        found.status,
        found.offer_minor,
        found.gap_minor,
        found.binding_cap,
    ) == (LimitStatus.PARTIAL, 2_000_000, 1_000_000, CapName.SEGMENT)


def test_no_room_at_all_is_unreachable() -> None:
    """The lines elsewhere use up the total exposure."""
    found = answer(3_000_000, elsewhere_lines_minor=30_000_000)
    assert (found.status, found.offer_minor) == (LimitStatus.UNREACHABLE, 0)


def test_a_decline_offers_nothing() -> None:
    """Whatever was asked; the gap is all of it."""
    found = answer(3_000_000, declined=True)
    assert (found.status, found.offer_minor, found.gap_minor) == (
        LimitStatus.DECLINED,
        0,
        3_000_000,
    )


def test_a_line_that_could_not_be_computed_is_undetermined() -> None:
    """Something is unknown and a person looks: neither reachable nor out of reach."""
    found = expected_limit(CLASSIC, line=None, asked_minor=3_000_000, declined=False, inputs=None)
    assert found.status is LimitStatus.UNDETERMINED
    assert (found.offer_minor, found.binding_cap, found.highest_minor) == (0, None, None)


def test_rejected_proofs_are_not_evidence() -> None:
    """Only VERIFIED counts."""
    for status in (VerificationStatus.UNVERIFIED, VerificationStatus.REJECTED):
        evidence = (replace(proof(EvidenceKind.PAYROLL_FLOW, 1_500_000), status=status),)
        assert compute_line(GOLD, inputs(evidence=evidence)).line_minor == 0


def test_the_highest_line_ignores_what_was_proved_so_far() -> None:
    """It is the same for somebody with and without a proof."""
    assert highest_line(GOLD, inputs()) == highest_line(GOLD, inputs(evidence=()))
