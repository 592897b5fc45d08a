"""What must hold of every review, over random accounts; and of the ceilings, against the lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import product as every
from math import ceil, floor
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.lines import LineInputs, Product, verified_strength
from engine.lines.caps import line_caps
from engine.outcome import CapName
from engine.portfolio.ceilings import CAPS, ceilings
from engine.portfolio.choosing import Chosen, Limit, choose
from engine.portfolio.columns import COLUMNS
from engine.portfolio.errors import ReviewRefused
from engine.portfolio.gathered import Gathered, gather
from engine.portfolio.loading import Loaded, load_review
from engine.portfolio.policy import Action, Budget, BudgetName
from engine.portfolio.proposals import Reasons
from engine.portfolio.rate import PPM
from engine.portfolio.verdicts import Values
from tests.line_cases import people as applicants
from tests.line_cases import products
from tests.portfolio_cases import HEAD, RULES, batch, gathered, new_lines, policy_at, some_of, table

#: An example is a hundred accounts or more: thousands of cases in all.
often = settings(max_examples=20, deadline=None)
_ROWS = 120
#: Place of the option that keeps the line: after the freeze and two cuts.
KEEP = 3
_seeds = st.integers(0, 2**64)

_NULLABLE = [
    column.name
    for column in COLUMNS
    if not column.required and column.name not in {"channel", "branch", "staff", "partner"}
]
_TEN = range(10)
_MOST = {"student": 500_000, "classic": 5_000_000, "gold": 15_000_000, "platinum": 50_000_000}
_SHARES = (-5, 0, 1, 3, 5, 10)


@cache
def the_policy() -> Loaded:
    """Rules over a PD in a column, without budgets of its own."""
    with TemporaryDirectory() as name:
        return load_review(policy_at(Path(name) / "policy", f"{HEAD}rules:\n{RULES}"))


def account(chance: Random) -> dict[str, Any]:
    """Somebody, about whom some things are unknown."""

    def perhaps(*choices: Any) -> Any:
        return None if chance.random() < 0.01 else chance.choice(choices)

    product_name, most = chance.choice(list(_MOST.items()))
    line = int(most * chance.random() * 0.7) // 10_000 * 10_000
    share = chance.choice([-0.01, 0.0, 0.5, 1.0, 1.0, 1.0, 1.2])
    return {
        "product": product_name,
        "line_minor": line,
        "balance_minor": int(line * share * chance.random()),
        "months_since_change": perhaps(*range(4, 24)),
        "verified_income_minor": perhaps(int(most * (0.05 + chance.random()))),
        "verified_assets_minor": perhaps(0, int(most * chance.random())),
        "monthly_obligations_minor": perhaps(int(most * 0.03 * chance.random())),
        "own_other_lines_minor": perhaps(0, 0, 0, 500_000),
        "elsewhere_lines_minor": perhaps(0, int(most * chance.random())),
        "group_lines_minor": perhaps(*[0] * 19, 90_000_000),
        "customer_id": perhaps("c1", "c2", "c3", "c4", "c5"),
        "group_id": perhaps(*[None] * 4, "g1", "g2"),
        "age": perhaps(*range(20, 65)),
        "is_student": perhaps(*[False] * 5, True),
        "customer_segment": perhaps("mass", "new_to_credit"),
        "fraud_mark": perhaps(*[False] * 24, True),
        "late": perhaps(*[0] * 28, 1, 3),
        "pd": perhaps(chance.random(), *[chance.random() * 0.12] * 7),
    }


def people(seed: int) -> list[dict[str, Any]]:
    """Many accounts, each with an id."""
    chance = Random(seed)
    return [{**account(chance), "account_id": f"n{place:04d}"} for place in range(_ROWS)]


def budgets(chance: Random) -> list[Budget]:
    """Some budgets, in their order."""
    return [
        Budget(name=name, growth=Fraction(chance.choice(_SHARES), 100))
        for name in BudgetName
        if chance.random() < 0.3
    ]


def chosen(found: Gathered, given: list[Budget]) -> Chosen | None:
    """What is proposed; ``None`` if the budgets cannot be kept."""
    try:
        return choose(the_policy().policy, given, found)
    except ReviewRefused:
        return None


@often
@given(_seeds)
def test_every_proposal_keeps_what_was_promised(seed: int) -> None:
    """Of 2,000 portfolios of two or three accounts: budgets, reasons, lines, bound, and the best.

    The order in which the file has the accounts changes nothing.
    """
    rows, chance = people(seed), Random(seed + 1)
    sorted_by_id = gathered(the_policy(), table(*rows))
    shuffled = gathered(the_policy(), table(*chance.sample(rows, len(rows))))
    reasons = Reasons(the_policy())
    for start in range(100):
        places = list(range(start, start + chance.choice([2, 3])))
        found, other = some_of(sorted_by_id, places), some_of(shuffled, places)
        given = budgets(chance)
        answer = chosen(other, given)
        if answer is None:
            assert best_of(found, np.zeros(len(places), dtype=np.bool_), given) is None
            continue
        for use in answer.budgets:
            table_of = found.assessed.uses[use.name]
            assert use.before == table_of[:, KEEP].sum()
            assert use.after == table_of[np.arange(len(places)), answer.choice].sum()
            assert use.after <= use.at_most
        best = best_of(found, answer.limits == Limit.ONE_RAISE, given)
        assert best is not None
        assert answer.allocation.value <= best <= answer.allocation.bound
        assert answer.allocation.gap >= 0
        some = [rows[place] for place in places]
        promised(some, found, answer, reasons)
        # The next test shows that what is chosen from does not depend on the order.
        again = chosen(found, given) if start % 5 == 0 else answer
        assert again is not None
        assert again.choice.tolist() == answer.choice.tolist()
        assert again.limits.tolist() == answer.limits.tolist()


def promised(rows: list[dict[str, Any]], found: Gathered, answer: Chosen, reasons: Reasons) -> None:
    """Reasons of what is adverse; range, steps and ceilings of every new line."""
    loaded = the_policy()
    raised: list[tuple[str, str]] = []
    for place, (row, line) in enumerate(zip(rows, new_lines(found, answer.choice), strict=True)):
        action = loaded.policy.actions[answer.choice[place]]
        codes = reasons.codes(action, found.assessed.hits[place], found.assessed.families[place])
        assert list(codes) == why(row, action, int(found.assessed.pd_ppm[place]))
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


def why(row: dict[str, Any], action: Action, ppm: int) -> list[str]:
    """The reasons of the rules that hit and ask for that action, as a person reads them."""
    late, pd = row["late"] or 0, 0 if row["pd"] is None else ppm / PPM
    of = {
        Action.FREEZE: {"ACCOUNT_SECURITY": row["fraud_mark"], "CURRENT_DELINQUENCY": pd >= 0.5},
        Action.CUT: {"ACCOUNT_SERIOUSLY_LATE": late >= 3, "RECENT_DELINQUENCY": pd >= 0.25},
    }
    return [code for code, hit in of.get(action, {}).items() if hit]


def best_of(found: Gathered, second: Any, given: list[Budget]) -> int | None:
    """The greatest value of any choice within the budgets; ``None``: there is none."""
    values = found.assessed.values.copy()
    values[np.ix_(second, np.arange(values.shape[1]) > KEEP)] = -np.inf
    best: float = -np.inf
    most = {
        b.name: floor(int(found.assessed.uses[b.name][:, KEEP].sum()) * (1 + (b.growth or 0)))
        for b in given
    }
    for choice in every(*(np.flatnonzero(np.isfinite(row)).tolist() for row in values)):
        at = np.arange(len(choice)), np.array(choice)
        if all(found.assessed.uses[name][at].sum() <= bound for name, bound in most.items()):
            best = max(best, float(values[at].sum()))
    return int(best) if np.isfinite(best) else None


def seen(found: Gathered) -> list[Any]:
    """Everything that the choice and the proposals see, as plain values."""
    of = found.assessed
    arrays: list[np.ndarray[Any, Any]] = [
        *(of.lines, of.values, of.kept_value, *of.uses.values(), of.pd_ppm, of.points),
        *(of.rated, of.bands, of.hits, of.block, of.binding, of.highest, of.families),
    ]
    texts = [found.texts[name].to_pylist() for name in found.texts]
    return [*texts, found.balance.tolist(), *(array.tolist() for array in arrays)]


def highest_lines(found: Gathered) -> np.ndarray[Any, Any]:
    """The highest line that each account may get."""
    able = np.isfinite(found.assessed.values)
    lines: np.ndarray[Any, Any] = np.where(able, found.assessed.lines, 0).max(axis=1)
    return lines


@often
@given(_seeds)
def test_other_accounts_of_a_batch_change_nothing(seed: int) -> None:
    """Account by account the same from a batch of another order, of the file and of a few."""
    rows, chance = people(seed), Random(seed + 1)
    found = gathered(the_policy(), table(*rows))
    shuffled = chance.sample(rows, len(rows))
    assert seen(gathered(the_policy(), table(*shuffled))) == seen(found)
    few = [batch(the_policy(), table(*shuffled[at : at + 40])) for at in range(0, len(rows), 40)]
    assert seen(gather(few, len(rows))) == seen(found)


@often
@given(_seeds)
def test_what_is_unknown_never_raises(seed: int) -> None:
    """Nor does it ever give a higher line than what was known gave, but for cuts that it ends."""
    rows, chance = people(seed), Random(seed + 1)
    columns = [chance.choice([*_NULLABLE, "pd", "late"]) for _ in rows]
    hidden = [{**row, column: None} for row, column in zip(rows, columns, strict=True)]
    known = highest_lines(gathered(the_policy(), table(*rows)))
    unknown = highest_lines(gathered(the_policy(), table(*hidden)))
    today = np.array([row["line_minor"] for row in rows])
    assert (unknown <= np.maximum(known, today)).all()
    needed = {"pd", "late", "fraud_mark", "verified_income_minor", "months_since_change"}
    without = np.array([column in needed for column in columns])
    assert (unknown[without] <= today[without]).all()


@often
@given(_seeds)
def test_a_higher_pd_never_gives_a_higher_line(seed: int) -> None:
    """Neither the ceiling nor what may be chosen."""
    rows, chance = people(seed), Random(seed + 1)
    pairs = [sorted((chance.random(), chance.random() * 0.3)) for _ in rows]
    safer, riskier = (
        gathered(
            the_policy(),
            table(*[{**row, "pd": pair[which]} for row, pair in zip(rows, pairs, strict=True)]),
        )
        for which in (0, 1)
    )
    assert (riskier.assessed.highest <= safer.assessed.highest).all()
    assert (highest_lines(riskier) <= highest_lines(safer)).all()


@often
@given(_seeds)
def test_every_option_is_what_its_account_alone_comes_to(seed: int) -> None:
    """Line, value and uses, to the minor unit, from the formulas of the page in fractions.

    And no use falls from an option to the next, so that the first uses least of every budget.
    """
    rows = people(seed)
    found = gathered(the_policy(), table(*rows)).assessed
    for place, row in enumerate(rows):
        options = alone(row, int(found.pd_ppm[place]), int(found.highest[place]))
        allowed = np.flatnonzero(np.isfinite(found.values[place])).tolist()
        for option in allowed:
            uses = tuple(int(found.uses[name][place, option]) for name in BudgetName)
            ours = (int(found.lines[place, option]), int(found.values[place, option]), *uses)
            assert ours == options[option]
        for name in BudgetName:
            assert (np.diff(found.uses[name][place, allowed]) >= 0).all()


def alone(row: dict[str, Any], ppm: int, highest: int) -> list[tuple[int, ...] | None]:
    """Each option of one account: line, value, expected loss, exposure, capital."""
    loaded = the_policy()
    card, model = loaded.products[row["product"]], loaded.policy.value
    step, line, owed = card.step_minor, row["line_minor"], max(row["balance_minor"], 0)
    cuts = [
        max(floor(line * (1 - share)) // step * step, ceil(owed / step) * step, card.minimum_minor)
        for share in (Fraction(1, 2), Fraction(1, 4))
    ]
    raises = [
        min(floor(line * (1 + share)) // step * step, highest)
        for share in (Fraction(1, 5), Fraction(1, 2), Fraction(1))
    ]
    found: list[tuple[int, ...] | None] = []
    for place, new in enumerate([line, *cuts, line, *raises]):
        drawn, at_default, exposure = owed, owed, owed
        if place > 0:
            if new > line > 0:
                grown = floor(owed * model.raise_response * (new - line) / line)
                drawn = min(max(new, owed), owed + grown)
            at_default = drawn + ceil(model.credit_conversion * max(new - drawn, 0))
            exposure = max(new, drawn)
        loss = ceil(Fraction(ppm, PPM) * card.loss_given_default * at_default)
        capital = ceil(model.capital_share * at_default)
        value = floor(model.margin * drawn) - loss - ceil(model.capital_cost * capital)
        value -= model.adverse_cost_minor if place < KEEP else 0
        found.append((new, value, loss, exposure, capital))
    return found


@settings(max_examples=100, deadline=None)
@given(products, st.lists(applicants, min_size=2, max_size=2), _seeds)
def test_ceilings_are_the_caps_of_an_application(
    product: Product, several: list[LineInputs], seed: int
) -> None:
    """Each cap to the unit, between those of a PD a trace higher and a trace lower.

    2,000 times: two applicants of a hundred products, each at ten PDs.
    """
    chance = Random(seed)
    ppms = [chance.choice([chance.randint(0, PPM), chance.randint(0, 100) * 10_000]) for _ in _TEN]
    for someone in several:
        income, assets = verified_strength(product, someone.evidence)
        most, room = product.group_exposure_minor, someone.group_room_minor
        person = replace(
            someone,
            policy_cap_minor=None,
            # Of a product without a common ceiling nobody has room; nobody has more than all of it.
            group_room_minor=None if most is None else min(most, most if room is None else room),
        )
        given_columns = _columns(product, person, income, assets)
        found = ceilings(product, given_columns, np.array(ppms), np.ones(len(_TEN), dtype=np.bool_))
        assert found.known.all()
        for place, ppm in enumerate(ppms):
            low, high = (
                _caps(
                    product,
                    replace(person, pd=min(max(ppm / PPM * (1 + trace), 0.0), 1.0)),
                    income,
                    assets,
                )
                for trace in (1e-12, -1e-12)
            )
            step = product.step_minor
            assert min(low.values()) // step * step <= found.highest[place]
            assert found.highest[place] <= min(high.values()) // step * step
            if low == high:
                assert CAPS[found.binding[place]] is min(low, key=lambda name: low[name])


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
    there = np.ones(len(_TEN), dtype=np.bool_)
    return {name: Values(np.full(len(_TEN), number), there) for name, number in numbers.items()} | {
        name: Values(np.full(len(_TEN), text, dtype=object), there) for name, text in texts.items()
    }
