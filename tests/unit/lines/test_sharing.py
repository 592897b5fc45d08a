"""Lines that share another's, by hand."""

from dataclasses import replace
from typing import Any

import pytest

from engine.lines import LineInputs, Sharing, compute_line, expected_limit, highest_line
from engine.lines.sharing import line_range
from engine.model import EvidenceKind, LineKind
from engine.outcome import CapName, LimitStatus
from tests.line_cases import SHIPPED, inputs, proof

CLASSIC, GOLD, STUDENT = SHIPPED["classic"], SHIPPED["gold"], SHIPPED["student"]


def part(parent_line_minor: int, others: int = 0, **changes: Any) -> LineInputs:
    """Somebody without any income who is to hold a part of that line."""
    sharing = Sharing(
        kind=LineKind.SUPPLEMENTARY, parent_line_minor=parent_line_minor, supplementary_minor=others
    )
    return inputs(sharing=sharing, evidence=(), pd=0.9, own_lines_minor=90_000_000, **changes)


def raised(parent_line_minor: int, **changes: Any) -> LineInputs:
    """The usual person, who asks for a raise of that line."""
    sharing = Sharing(kind=LineKind.TEMPORARY, parent_line_minor=parent_line_minor)
    return inputs(sharing=sharing, **changes)


@pytest.mark.parametrize(
    "person, line, binding",
    [
        (part(3_000_000), 1_500_000, CapName.PARENT),  # half of it
        (part(3_010_000), 1_500_000, CapName.PARENT),  # rounded down to the step
        (part(5_000_000), 2_000_000, CapName.PRODUCT),  # the most that a part comes to
        (part(3_000_000, 2_000_000), 1_000_000, CapName.PARENT),  # what others leave
        (part(3_000_000, 2_950_000), 0, CapName.PARENT),  # less than a card begins with
        (part(3_000_000, 4_000_000), 0, CapName.PARENT),  # the line was cut since
        (part(3_000_000, is_student=True), 500_000, CapName.SEGMENT),
        (part(3_000_000, policy_cap_minor=700_000), 700_000, CapName.POLICY),
        (part(3_000_000, group_room_minor=0), 1_500_000, CapName.PARENT),  # adds no exposure
    ],
)
def test_a_supplementary_card_holds_a_part(person: LineInputs, line: int, binding: CapName) -> None:
    """Whatever its holder earns; ceilings for who they are apply."""
    found = compute_line(CLASSIC, person)
    assert (line, binding) == (found.line_minor, found.binding_cap)
    assert found.line_minor == sum(step.amount_minor for step in found.waterfall)
    assert not found.risk_band
    unused = {CapName.INCOME, CapName.DEBT_SERVICE, CapName.EXPECTED_LOSS}
    unused |= {CapName.TOTAL_EXPOSURE, CapName.GROUP}
    assert all(cap.amount_minor is None for cap in found.caps if cap.name in unused)


@pytest.mark.parametrize(
    "person, line, binding",
    [
        (raised(2_000_000), 3_000_000, CapName.PARENT),  # by half
        (raised(3_000_000), 4_000_000, CapName.PARENT),  # by 10,000 at most
        (raised(2_033_300), 3_000_000, CapName.PARENT),
        (raised(4_000_000), 4_500_000, CapName.INCOME),  # all other caps hold
        (raised(4_500_000), 0, CapName.INCOME),  # nothing above what there is
        (raised(4_480_000), 4_500_000, CapName.INCOME),  # the next step is a raise
        (raised(3_000_000, elsewhere_lines_minor=26_500_000), 3_500_000, CapName.TOTAL_EXPOSURE),
        (raised(3_000_000, group_room_minor=3_200_000), 3_200_000, CapName.GROUP),
        (raised(5_000_000), 0, CapName.INCOME),
    ],
)
def test_a_raise_is_the_total_and_above_what_there_is(
    person: LineInputs, line: int, binding: CapName
) -> None:
    """Every cap counts, and the parent's line is in the total."""
    found = compute_line(CLASSIC, person)
    assert (line, binding) == (found.line_minor, found.binding_cap)
    assert found.line_minor == sum(step.amount_minor for step in found.waterfall)
    assert [step.name for step in found.waterfall][-1:] != ["rounding"] or line


def test_a_part_begins_where_its_product_says() -> None:
    """A gold card's own minimum would leave no part of a small line."""
    assert compute_line(GOLD, part(1_000_000)).line_minor == 500_000
    assert line_range(GOLD, part(1_000_000)) == (100_000, 5_000_000)
    assert line_range(CLASSIC, raised(5_000_000)) == (5_050_000, 5_000_000)


def test_proofs_bring_a_raise_and_no_part() -> None:
    """The plan leads to the raise; of a part nobody is asked for any."""
    short = raised(1_000_000, evidence=(proof(EvidenceKind.PAYROLL_FLOW, 350_000),))
    line = compute_line(CLASSIC, short)
    answer = expected_limit(CLASSIC, line=line, asked_minor=1_500_000, declined=False, inputs=short)
    assert answer.status is LimitStatus.NEEDS_EVIDENCE
    assert [item.proof for item in answer.plan] == ["housing_fund"]
    small = part(3_000_000)
    told = expected_limit(
        CLASSIC,
        line=compute_line(CLASSIC, small),
        asked_minor=9_000_000,
        declined=False,
        inputs=small,
    )
    assert (told.status, told.plan) == (LimitStatus.PARTIAL, ())
    assert (told.target_minor, told.binding_cap) == (2_000_000, CapName.PARENT)
    assert highest_line(CLASSIC, small).line_minor == 1_500_000


def test_more_than_a_part_comes_to_is_the_products_bound() -> None:
    """As with a line of its own: the target is clipped, and that is why."""
    person = part(5_000_000)
    line = compute_line(CLASSIC, person)
    told = expected_limit(CLASSIC, line=line, asked_minor=9_000_000, declined=False, inputs=person)
    assert (told.status, told.binding_cap) == (LimitStatus.MET, CapName.PRODUCT)


def test_a_product_without_such_lines_computes_none() -> None:
    """Whoever asks it all the same has made a mistake."""
    for person in (part(3_000_000), raised(3_000_000)):
        with pytest.raises(ValueError, match="student has no"):
            compute_line(STUDENT, person)


@pytest.mark.parametrize("name", ["parent_line_minor", "supplementary_minor"])
@pytest.mark.parametrize("amount", [-1, 0.5, float("nan"), True, None])
def test_what_is_no_amount_is_refused(name: str, amount: Any) -> None:
    """By name."""
    good = Sharing(kind=LineKind.TEMPORARY, parent_line_minor=1)
    with pytest.raises(ValueError, match=name):
        replace(good, **{name: amount})


def test_a_line_of_its_own_shares_nothing() -> None:
    """The kind says so."""
    with pytest.raises(ValueError, match="kind"):
        Sharing(kind=LineKind.PRIMARY, parent_line_minor=1)


def test_no_more_is_shared_than_was_asked_for() -> None:
    """What is held for one card cannot be given to the next; a raise ends where it was hoped to."""
    plain = part(1_600_000)
    for asked, line in ((230_000, 200_000), (1, 100_000), (5_000_000, 800_000), (None, 800_000)):
        assert plain.sharing is not None
        wanted = replace(plain, sharing=replace(plain.sharing, asked_minor=asked))
        assert compute_line(CLASSIC, wanted).line_minor == line
    asks = raised(1_600_000)
    assert asks.sharing is not None
    modest = replace(asks, sharing=replace(asks.sharing, asked_minor=1_780_000))
    assert compute_line(CLASSIC, modest).line_minor == 1_750_000
    with pytest.raises(ValueError, match="asked_minor"):
        replace(asks.sharing, asked_minor=0)
