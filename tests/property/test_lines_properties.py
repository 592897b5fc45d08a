"""P1 to P15 of the line, except those of the evidence plan; random products and shipped ones.

Through whole decisions: test_decision_properties.py; the table is in docs/lines.md.
"""

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.lines import (
    LineInputs,
    Product,
    compute_line,
    evidence_plan,
    expected_limit,
    highest_line,
    verified_strength,
)
from engine.lines.sharing import is_part, line_range, target_of
from engine.model import Evidence, LineKind, VerificationStatus
from engine.outcome import CapName, ExpectedLimit, LimitStatus, LineResult
from tests.line_cases import (
    everybody,
    people,
    products,
    proof,
    proofs,
    second_opinion,
    sharers,
)

often = settings(max_examples=2_000, deadline=None)
asked_limits = st.one_of(st.integers(1, 60_000_000), st.integers(1, 600).map(lambda n: n * 50_000))


def answered(product: Product, person: LineInputs, asked: int | None) -> ExpectedLimit:
    """The answer to a person who was not declined."""
    line = compute_line(product, person)
    return expected_limit(product, line=line, asked_minor=asked, declined=False, inputs=person)


def cap(line: LineResult, name: CapName) -> int | None:
    """The amount of one cap."""
    return next(c.amount_minor for c in line.caps if c.name is name)


@often
@given(products, everybody)
def test_the_line_is_the_greatest_that_breaks_no_limit(
    product: Product, person: LineInputs
) -> None:
    """Against a search from the top that knows the definitions only."""
    income, assets = verified_strength(product, person.evidence)
    expected = second_opinion(product, person, income, assets)
    assert expected == compute_line(product, person).line_minor


@often
@given(products, everybody)
def test_p1_the_line_is_0_or_a_step_within_the_range(product: Product, person: LineInputs) -> None:
    """And the offered range ends in it."""
    line, (least, most) = compute_line(product, person), line_range(product, person)
    assert product.maximum_minor >= most
    if line.line_minor:
        assert line.line_minor % product.step_minor == 0
        assert least <= line.line_minor <= most
        assert least == line.minimum_minor
    else:
        assert line.minimum_minor == 0
    assert line.line_minor == line.maximum_minor


@often
@given(products, everybody)
def test_p2_no_cap_is_exceeded(product: Product, person: LineInputs) -> None:
    """The binding cap is the first, in fixed order, that is the least; totals hold."""
    line = compute_line(product, person)
    amounts = [(c.amount_minor, c.name) for c in line.caps if c.amount_minor is not None]
    names = [name for name in CapName if person.sharing is not None or name is not CapName.PARENT]
    assert names == [c.name for c in line.caps]
    assert line.line_minor <= min(amount for amount, _ in amounts) == line.room_minor
    assert line.binding_cap is next(n for amount, n in amounts if amount == line.room_minor)
    held = person.own_lines_minor + person.elsewhere_lines_minor
    if line.line_minor and not is_part(person):
        assert line.line_minor + held <= product.total_exposure_minor


@often
@given(products, everybody, proofs)
def test_p3_a_proof_never_lowers_the_line(
    product: Product, person: LineInputs, added: Evidence
) -> None:
    """Whatever it proves, and however little."""
    more = replace(person, evidence=(*person.evidence, added))
    assert compute_line(product, more).line_minor >= compute_line(product, person).line_minor


@often
@given(products, everybody, st.integers(0, 4), st.integers(0, 1_000_000))
def test_p3_a_higher_proof_never_lowers_the_line(
    product: Product, person: LineInputs, index: int, more: int
) -> None:
    """Where the same proof shows more."""
    evidence = list(person.evidence)
    if index < len(evidence):
        raised = evidence[index].amount_minor + more
        evidence[index] = replace(evidence[index], amount_minor=raised)
    after = compute_line(product, replace(person, evidence=tuple(evidence)))
    assert after.line_minor >= compute_line(product, person).line_minor


@often
@given(
    products,
    everybody,
    st.sampled_from(["monthly_obligations_minor", "own_lines_minor", "elsewhere_lines_minor"]),
    st.integers(0, 5_000_000),
)
def test_p3_debt_and_lines_elsewhere_never_raise_the_line(
    product: Product, person: LineInputs, field: str, more: int
) -> None:
    """Obligations, lines here, lines elsewhere."""
    burdened = replace(person, **{field: getattr(person, field) + more})
    assert compute_line(product, burdened).line_minor <= compute_line(product, person).line_minor


@often
@given(products, everybody, st.floats(0, 1))
def test_a_higher_pd_never_raises_the_line(
    product: Product, person: LineInputs, other: float
) -> None:
    """Within a risk band and across bands."""
    low, high = sorted((person.pd, other))
    safer = compute_line(product, replace(person, pd=low))
    assert compute_line(product, replace(person, pd=high)).line_minor <= safer.line_minor


@often
@given(products, everybody, st.data())
def test_p4_lines_elsewhere_are_deducted_in_full(
    product: Product, person: LineInputs, data: st.DataObject
) -> None:
    """While the total exposure binds, a line elsewhere takes exactly its amount from the room."""
    free = compute_line(product, replace(person, own_lines_minor=0, elsewhere_lines_minor=0))
    spare = product.total_exposure_minor - free.room_minor
    held = replace(person, own_lines_minor=0, elsewhere_lines_minor=max(spare, 0))
    before = compute_line(product, held)
    assume(before.room_minor == cap(before, CapName.TOTAL_EXPOSURE))
    taken = data.draw(st.integers(0, before.room_minor))
    after = compute_line(
        product, replace(held, elsewhere_lines_minor=held.elsewhere_lines_minor + taken)
    )
    assert taken == before.room_minor - after.room_minor


@often
@given(products, everybody, asked_limits)
def test_p5_the_offer_is_within_line_and_target(
    product: Product, person: LineInputs, asked: int
) -> None:
    """And the target is a line of the product."""
    answer, line = answered(product, person, asked), compute_line(product, person)
    assert answer.target_minor is not None
    assert min(line.line_minor, answer.target_minor) == answer.offer_minor
    assert answer.target_minor % product.step_minor == 0
    least, most = line_range(product, person)
    assert min(least, most) <= answer.target_minor <= most


@often
@given(products, everybody, asked_limits)
def test_p7_a_gap_and_a_status_say_the_same(
    product: Product, person: LineInputs, asked: int
) -> None:
    """No gap exactly when the limit is met; what proofs could reach decides between the others."""
    answer = answered(product, person, asked)
    reachable = highest_line(product, person).line_minor
    assert (answer.gap_minor == 0) is (answer.status is LimitStatus.MET)
    assert answer.target_minor is not None
    assert answer.target_minor == answer.offer_minor + answer.gap_minor
    expected = {
        answer.gap_minor == 0: LimitStatus.MET,
        answer.gap_minor > 0 and reachable >= answer.target_minor: LimitStatus.NEEDS_EVIDENCE,
        0 < reachable < answer.target_minor: LimitStatus.PARTIAL,
        reachable == 0: LimitStatus.UNREACHABLE,
    }
    assert expected[True] is answer.status


@often
@given(products, everybody, st.randoms(use_true_random=False))
def test_p8_the_order_of_proofs_does_not_matter(
    product: Product, person: LineInputs, chance: random.Random
) -> None:
    """Nor does sending one twice; every field of the result is the same."""
    shuffled = [*person.evidence, *person.evidence[:1]]
    chance.shuffle(shuffled)
    again = compute_line(product, replace(person, evidence=tuple(shuffled)))
    assert compute_line(product, person) == again


@often
@given(products, everybody)
def test_p9_the_explanation_adds_to_the_line(product: Product, person: LineInputs) -> None:
    """From the first cap, down only, to the approved line; each cap once, in fixed order."""
    line = compute_line(product, person)
    assert line.line_minor == sum(step.amount_minor for step in line.waterfall)
    assert all(step.amount_minor < 0 for step in line.waterfall[1:])
    order = [*(name.value for name in CapName), "rounding", "below_minimum"]
    places = [order.index(step.name) for step in line.waterfall]
    assert sorted(set(places)) == places


worthless = st.one_of(
    st.builds(
        replace,
        proofs,
        status=st.sampled_from([VerificationStatus.UNVERIFIED, VerificationStatus.REJECTED]),
    ),
    st.builds(
        replace,
        proofs,
        amount_minor=st.sampled_from([-1, 0, float("nan"), float("inf"), True, None, "9"]),
    ),
)


@often
@given(products, everybody, worthless)
def test_p10_worthless_proofs_change_nothing(
    product: Product, person: LineInputs, added: Evidence
) -> None:
    """Unverified, rejected, negative, or no amount at all."""
    more = replace(person, evidence=(added, *person.evidence))
    assert compute_line(product, person) == compute_line(product, more)


@often
@given(products, people, proofs, st.integers(0, 10_000_000))
def test_p12_proofs_never_raise_the_cap_of_the_group(
    product: Product, person: LineInputs, added: Evidence, room: int
) -> None:
    """Nor that of a rule: only the graph and the policy set them."""
    held = replace(person, group_room_minor=room, policy_cap_minor=room)
    line = compute_line(product, replace(held, evidence=(*held.evidence, added)))
    assert room == cap(line, CapName.GROUP) == cap(line, CapName.POLICY)
    assert highest_line(product, held).line_minor <= room


@often
@given(products, everybody, asked_limits, asked_limits)
def test_p14_asking_for_more_never_raises_the_line(
    product: Product, person: LineInputs, one: int, other: int
) -> None:
    """The line does not know what was asked, and the offer grows no further than the line."""
    low, high = sorted((one, other))
    modest, greedy = answered(product, person, low), answered(product, person, high)
    line = compute_line(product, person).line_minor
    assert modest.offer_minor <= greedy.offer_minor <= line
    assert answered(product, person, None).offer_minor == line


no_probabilities = st.one_of(
    st.sampled_from([float("nan"), float("inf"), float("-inf")]),
    st.floats(max_value=0, exclude_max=True),
    st.floats(min_value=1, exclude_min=True),
)
no_amounts: st.SearchStrategy[Any] = st.one_of(
    st.integers(max_value=-1), st.floats(), st.booleans(), st.none(), st.text(max_size=3)
)


@often
@given(everybody, no_probabilities)
def test_p15_a_pd_that_is_no_probability_is_refused(person: LineInputs, pd: float) -> None:
    """Before anything is computed from it."""
    with pytest.raises(ValueError, match="pd must be in"):
        replace(person, pd=pd)


@often
@given(
    people,
    st.sampled_from(
        ["monthly_obligations_minor", "own_lines_minor", "elsewhere_lines_minor", "age"]
    ),
    no_amounts,
)
def test_p15_amounts_that_are_no_amounts_are_refused(
    person: LineInputs, field: str, value: Any
) -> None:
    """By name: below zero, no integer, NaN, infinity."""
    with pytest.raises(ValueError, match=field):
        replace(person, **{field: value})


@often
@given(products, everybody)
def test_the_highest_line_is_never_below_the_line(product: Product, person: LineInputs) -> None:
    """All proofs at their caps are worth at least those that were given."""
    assert highest_line(product, person).line_minor >= compute_line(product, person).line_minor


@often
@given(products, everybody)
def test_the_highest_line_is_reached_by_proofs(product: Product, person: LineInputs) -> None:
    """It is no mere bound: generous proofs of every kind give exactly it."""
    generous = tuple(
        proof(kind, int(rule.cap_minor / rule.haircut) + 1, f"all-{kind}")
        for kind, rule in product.evidence.items()
        if rule.haircut
    )
    reached = compute_line(product, replace(person, evidence=(*person.evidence, *generous)))
    assert reached == highest_line(product, person)


@often
@given(products, asked_limits)
def test_a_target_is_its_own_target(product: Product, asked: int) -> None:
    """Asking again for what was echoed changes nothing."""
    target = target_of(product, asked)
    assert target == target_of(product, target)


@often
@given(products, sharers)
def test_a_shared_line_keeps_within_its_parents(product: Product, person: LineInputs) -> None:
    """Parts together within the line; a raise within its bounds, and never a cut."""
    sharing, line = person.sharing, compute_line(product, person).line_minor
    assert sharing is not None
    parent = sharing.parent_line_minor
    if sharing.kind is LineKind.SUPPLEMENTARY:
        assert line == 0 or line + sharing.supplementary_minor <= parent
    else:
        assert product.temporary is not None
        assert line == 0 or parent < line <= parent + product.temporary.maximum_minor
        assert line <= parent * (1 + product.temporary.share)


@often
@given(products, sharers, st.integers(0, 10_000_000))
def test_a_higher_line_to_share_never_lowers_a_part(
    product: Product, person: LineInputs, more: int
) -> None:
    """And what other cards hold of it never raises one."""
    assert person.sharing is not None
    sharing = replace(person.sharing, kind=LineKind.SUPPLEMENTARY)
    raised = replace(sharing, parent_line_minor=sharing.parent_line_minor + more)
    taken = replace(sharing, supplementary_minor=sharing.supplementary_minor + more)
    before, higher, less = (
        compute_line(product, replace(person, sharing=one)).line_minor
        for one in (sharing, raised, taken)
    )
    assert less <= before <= higher


@often
@given(products, sharers)
def test_what_the_holder_of_a_part_earns_or_owes_changes_nothing(
    product: Product, person: LineInputs
) -> None:
    """Not they repay, so there is no proof to ask for either."""
    assert person.sharing is not None
    part = replace(person, sharing=replace(person.sharing, kind=LineKind.SUPPLEMENTARY))
    bare = replace(
        part, pd=1.0, evidence=(), monthly_obligations_minor=9_000_000, own_lines_minor=9_000_000
    )
    line = compute_line(product, part)
    assert line.line_minor == compute_line(product, bare).line_minor
    assert line.line_minor == highest_line(product, part).line_minor
    assert evidence_plan(product, bare, product.maximum_minor) == ()
