"""``portfolio.yaml``: what is read, and what is told of what is wrong."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from engine.check import check
from engine.errors import PolicyError
from engine.portfolio.loading import load_review
from engine.portfolio.policy import Action, BudgetName, Rating
from tests.portfolio_cases import BUDGETS, HEAD, RULES, SHIPPED, policy_at

_SOUND = f"{HEAD}{BUDGETS}rules:\n{RULES}"


def test_the_shipped_review_rates_by_the_card_that_decides() -> None:
    """Its card, steps and budgets are there, and every cut and freeze has a reason."""
    loaded = load_review(SHIPPED)
    assert (loaded.policy.rating, loaded.policy.rated_by) == (Rating.STATEMENTS, "card_bureau")
    assert loaded.policy.raises == (Fraction(1, 5), Fraction(1, 2), Fraction(1))
    assert [budget.name for budget in loaded.policy.budgets] == list(BudgetName)
    assert all(rule.reason for rule in loaded.policy.rules if rule.action.adverse)
    assert loaded.policy.actions == (
        *(Action.FREEZE, Action.CUT, Action.CUT, Action.KEEP),
        *(Action.RAISE, Action.RAISE, Action.RAISE),
    )


@pytest.mark.parametrize(
    "before, after, told",
    [
        ("account.late >= 3", "account.lat >= 3", "did you mean `late`?"),
        ("account.late >= 3", "has(account.late)", "whether a value is known is not asked here"),
        ("account.late >= 3", "account.late", "not bool"),
        ("reason: RECENT_DELINQUENCY", "reason: RECENT_DELINQUENCE", "not in the catalogue"),
        ("{may: cut, reason: RECENT_DELINQUENCY}", "{may: cut}", "gives the customer no reason"),
        ("{may: raise}", "{may: raise, reason: THIN_FILE}", "explains nothing"),
        ("{may: raise}", "{must: raise}", "nobody must be raised"),
        ("{must: keep}", "{may: keep}", "everybody may keep the line"),
        ("{must: keep}", "{must: keep, may: cut}", "either `may` or `must`"),
        ("{must: keep}", "{must: keeps}", "must be one of"),
        ("id: VERY_RISKY", "id: RISKY", "two rules `RISKY`"),
        ("margin: 0.20", "margin: 1.20", "`margin` must be a number from 0 to 1"),
        ("margin: 0.20", "margin: 0.12345", "at most 4 decimals"),
        ("margin: 0.20", "margins: 0.20", "did you mean `margin`?"),
        ("adverse_cost: 20", "adverse_cost: 0.001", "at most 2 decimals"),
        ("raise: [0.20, 0.50, 1.00]", "raise: [0.50, 0.20]", "ascending"),
        ("exposure: {growth: 0.05}", "exposure: {growth: 0.05, at_most: 1}", "either `at_most`"),
        ("exposure: {growth", "exposures: {growth", "unknown key `exposures`"),
        ("{pd_column: pd}", "{pd_column: pd, table: x}", "must have one of"),
        ("{pd_column: pd}", "{statements: no_such_card}", "card `no_such_card` cannot be used"),
        ("late: {type: int", "age: {type: int", "is a column of every review already"),
        ("late: {type: int", "late: {type: date", "must be one of: int"),
        ("unrated_pd: 0.30\n", "", "needs the key `unrated_pd`"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, before: str, after: str, told: str
) -> None:
    """By ``policy check`` as by the review, with file, line and column."""
    assert before in _SOUND
    root = policy_at(tmp_path / "policy", _SOUND.replace(before, after, 1))
    with pytest.raises(PolicyError) as refused:
        load_review(root)
    assert told in str(refused.value)
    assert "--> portfolio.yaml:" in str(refused.value)
    if "no_such_card" not in after:
        report = check(root, proofs=False)
        found = [item for item in report.diagnostics if item.span.path == "portfolio.yaml"]
        assert any(told in f"{item.message} {item.hint}" for item in found)


def test_a_policy_without_the_file_decides_and_reviews_nothing(tmp_path: Path) -> None:
    """It is no part of what a decision needs."""
    root = policy_at(tmp_path / "policy", "")
    assert check(root, proofs=False).usable
    with pytest.raises(PolicyError, match=r"has no file portfolio\.yaml"):
        load_review(root)


def test_the_file_is_part_of_the_digest(tmp_path: Path) -> None:
    """Other rules for accounts are another policy."""
    one = load_review(policy_at(tmp_path / "one", _SOUND)).bundle.digest
    other = policy_at(tmp_path / "other", _SOUND.replace("months: 6", "months: 7"))
    assert load_review(other).bundle.digest != one
