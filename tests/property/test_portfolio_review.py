"""What must hold of every review, over random accounts; and of the ceilings, against the lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.lines import LineInputs, Product, verified_strength
from engine.lines.caps import line_caps
from engine.outcome import CapName
from engine.portfolio.ceilings import CAPS, ceilings
from engine.portfolio.choosing import Chosen, choose
from engine.portfolio.columns import COLUMNS
from engine.portfolio.errors import ReviewRefused
from engine.portfolio.gathered import Gathered
from engine.portfolio.loading import Loaded, load_review
from engine.portfolio.policy import Action, Budget, BudgetName
from engine.portfolio.proposals import Reasons
from engine.portfolio.rate import PPM
from engine.portfolio.verdicts import Values
from tests.line_cases import people, products
from tests.portfolio_cases import HEAD, RULES, gathered, new_lines, policy_at, table

#: Each example has several accounts: thousands in all.
often = settings(max_examples=200, deadline=None)

_NULLABLE = [
    column.name
    for column in COLUMNS
    if not column.required and column.name not in {"channel", "branch", "staff", "partner"}
]


@cache
def the_policy() -> Loaded:
    """Rules over a PD in a column, without budgets of its own."""
    with TemporaryDirectory() as name:
        return load_review(policy_at(Path(name) / "policy", f"{HEAD}rules:\n{RULES}"))


_minor = st.integers(0, 400).map(lambda n: n * 12_500)
_account = st.fixed_dictionaries(
    {
        "product": st.sampled_from(["classic", "gold", "platinum", "student"]),
        "line_minor": st.integers(0, 600).map(lambda n: n * 10_000),
        "balance_minor": st.integers(-20, 500).map(lambda n: n * 9_999),
        "months_since_change": st.none() | st.integers(0, 12),
        "verified_income_minor": st.none() | _minor,
        "verified_assets_minor": st.none() | _minor,
        "monthly_obligations_minor": st.none() | st.integers(0, 300_000),
        "own_other_lines_minor": st.none() | st.sampled_from([0, 0, 500_000]),
        "elsewhere_lines_minor": st.none() | _minor.map(lambda n: n * 10),
        "group_lines_minor": st.none() | st.sampled_from([0, 0, 90_000_000]),
        "customer_id": st.none() | st.sampled_from(["c1", "c2", "c3"]),
        "group_id": st.none() | st.sampled_from(["g1", "g2"]),
        "age": st.none() | st.integers(18, 80),
        "is_student": st.none() | st.booleans(),
        "customer_segment": st.none() | st.sampled_from(["mass", "new_to_credit"]),
        "fraud_mark": st.none() | st.sampled_from([False, False, False, True]),
        "late": st.none() | st.sampled_from([0, 0, 0, 1, 3]),
        "pd": st.none() | st.floats(0, 1) | st.floats(0, 0.15),
    }
)
_some = st.lists(_account, min_size=1, max_size=8)
_many = st.lists(_account, min_size=12, max_size=16)
_budgets = st.lists(
    st.builds(
        Budget,
        name=st.sampled_from(list(BudgetName)),
        growth=st.integers(-20, 30).map(lambda share: Fraction(share, 100)),
    ),
    max_size=3,
    unique_by=lambda budget: budget.name,
)


def chosen(found: Gathered, budgets: list[Budget]) -> Chosen | None:
    """What is proposed; ``None`` if the budgets cannot be kept."""
    try:
        return choose(the_policy().policy, budgets, found)
    except ReviewRefused:
        return None


@often
@given(_some, _budgets)
def test_every_proposal_keeps_what_was_promised(
    rows: list[dict[str, Any]], budgets: list[Budget]
) -> None:
    """Budgets; reasons of what is adverse; range, steps and ceilings of every new line."""
    loaded = the_policy()
    found = gathered(loaded, table(*rows))
    answer = chosen(found, budgets)
    if answer is None:
        return
    for use in answer.budgets:
        assert use.after <= use.at_most
        assert (
            use.after == found.assessed.uses[use.name][np.arange(found.rows), answer.choice].sum()
        )
    reasons = Reasons(loaded)
    raised: list[tuple[str, str]] = []
    for place, (row, line) in enumerate(zip(rows, new_lines(found, answer.choice), strict=True)):
        action = loaded.policy.actions[answer.choice[place]]
        codes = reasons.codes(action, found.assessed.hits[place], found.assessed.families[place])
        assert bool(codes) == action.adverse
        card = loaded.products[row["product"]]
        if action in {Action.KEEP, Action.FREEZE}:
            assert line == row["line_minor"]
            continue
        assert line % card.step_minor == 0
        assert card.minimum_minor <= line <= card.maximum_minor
        if action is Action.CUT:
            assert max(row["balance_minor"], 0) <= line < row["line_minor"]
            continue
        held = row["own_other_lines_minor"] + row["elsewhere_lines_minor"]
        assert row["line_minor"] < line <= card.total_exposure_minor - held
        assert line <= row["line_minor"] * 2
        raised.extend(
            (holder, row[holder]) for holder in ("customer_id", "group_id") if row[holder]
        )
    assert len(set(raised)) == len(raised)


def highest_lines(found: Gathered) -> np.ndarray[Any, Any]:
    """The highest line that each account may get."""
    able = np.isfinite(found.assessed.values)
    lines: np.ndarray[Any, Any] = np.where(able, found.assessed.lines, 0).max(axis=1)
    return lines


@often
@given(_many, st.sampled_from([*_NULLABLE, "pd", "late"]))
def test_what_is_unknown_never_raises(rows: list[dict[str, Any]], column: str) -> None:
    """Nor does it ever give a higher line than what was known gave, but for cuts that it ends."""
    known = highest_lines(gathered(the_policy(), table(*rows)))
    unknown = highest_lines(gathered(the_policy(), table(*[{**row, column: None} for row in rows])))
    today = np.array([row["line_minor"] for row in rows])
    assert (unknown <= np.maximum(known, today)).all()
    if column in {"pd", "late", "fraud_mark", "verified_income_minor", "months_since_change"}:
        assert (unknown <= today).all()


@often
@given(_many, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_pd_never_gives_a_higher_line(
    rows: list[dict[str, Any]], one: float, other: float
) -> None:
    """Neither the ceiling nor what may be chosen."""
    safer, riskier = (
        gathered(the_policy(), table(*[{**row, "pd": pd} for row in rows]))
        for pd in sorted((one, other))
    )
    assert (riskier.assessed.highest <= safer.assessed.highest).all()
    assert (highest_lines(riskier) <= highest_lines(safer)).all()


@often
@given(_some, st.randoms(use_true_random=False))
def test_the_order_of_accounts_does_not_matter(rows: list[dict[str, Any]], chance: Any) -> None:
    """Account by account the same line."""
    named = [{**row, "account_id": f"n{place}"} for place, row in enumerate(rows)]
    shuffled = list(named)
    chance.shuffle(shuffled)
    budgets = [Budget(name=BudgetName.EXPOSURE, at_most_minor=sum(r["line_minor"] for r in rows))]
    lines = []
    for order in (named, shuffled):
        found = gathered(the_policy(), table(*order))
        answer = chosen(found, budgets)
        ids = found.texts["account_id"].to_pylist()
        lines.append(
            None if answer is None else dict(zip(ids, new_lines(found, answer.choice), strict=True))
        )
    assert lines[0] == lines[1]


@often
@given(_some)
def test_no_use_falls_from_an_option_to_the_next(rows: list[dict[str, Any]]) -> None:
    """So that the first option uses least of every budget."""
    found = gathered(the_policy(), table(*rows)).assessed
    for table_of in found.uses.values():
        for row, allowed in zip(table_of, np.isfinite(found.values), strict=True):
            assert (np.diff(row[allowed]) >= 0).all()


@settings(max_examples=1_000, deadline=None)
@given(products, people, st.integers(0, PPM))
def test_ceilings_are_the_caps_of_an_application(
    product: Product, person: LineInputs, ppm: int
) -> None:
    """Each cap to the unit, between those of a PD a trace higher and a trace lower."""
    income, assets = verified_strength(product, person.evidence)
    most, room = product.group_exposure_minor, person.group_room_minor
    person = replace(
        person,
        policy_cap_minor=None,
        # Of a product without a common ceiling nobody has room; nobody has more than all of it.
        group_room_minor=None if most is None else min(most, most if room is None else room),
    )
    given_columns = _columns(product, person, income, assets)
    pd_ppm, rated = np.array([ppm]), np.array([True])
    found = ceilings(product, given_columns, pd_ppm, rated)
    low, high = (
        _caps(
            product, replace(person, pd=min(max(ppm / PPM * (1 + trace), 0.0), 1.0)), income, assets
        )
        for trace in (1e-12, -1e-12)
    )
    assert found.known[0]
    step = product.step_minor
    assert min(low.values()) // step * step <= found.highest[0]
    assert found.highest[0] <= min(high.values()) // step * step
    if low == high:
        assert CAPS[found.binding[0]] is min(low, key=lambda name: low[name])


def _caps(product: Product, person: LineInputs, income: int, assets: int) -> dict[CapName, int]:
    caps = line_caps(product, person, income, assets)
    return {cap.name: cap.amount_minor for cap in caps if cap.amount_minor is not None}


def _columns(
    product: Product, person: LineInputs, income: int, assets: int
) -> Mapping[str, Values]:
    room, most = person.group_room_minor, product.group_exposure_minor
    group = most - room if room is not None and most is not None else 0
    numbers = {
        "verified_income_minor": income,
        "verified_assets_minor": assets,
        "monthly_obligations_minor": person.monthly_obligations_minor,
        "own_other_lines_minor": person.own_lines_minor,
        "elsewhere_lines_minor": person.elsewhere_lines_minor,
        "group_lines_minor": group,
        "age": person.age,
        "is_student": person.is_student,
    }
    texts = {"customer_segment": person.customer_segment, "customer_id": "c", "group_id": "g"}
    there = np.array([True])
    return {name: Values(np.array([number]), there) for name, number in numbers.items()} | {
        name: Values(np.array([text], dtype=object), there) for name, text in texts.items()
    }
