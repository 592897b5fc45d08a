from pathlib import Path

import pytest

from engine.outcome import Outcome
from tests.unit.rules.tables import evaluate, facts, load, results, table

_REFER = "refer, AGE_REVIEW"
_DECLINE = "decline, AGE_BELOW_MINIMUM"


class TestFirst:
    """The first row that is not a miss settles the table."""

    def test_later_rows_do_not_apply(self, tmp_path: Path) -> None:
        """Although their cells hold."""
        bundle = load(tmp_path, table(f"['< 40', -, {_REFER}]", f"['< 50', -, {_DECLINE}]"))
        assert results(bundle, age=30) == {"APPROVAL_1": "hit"}
        assert results(bundle, age=45) == {"APPROVAL_2": "hit"}
        assert results(bundle, age=55) == {}

    def test_a_row_without_effects_is_an_exception(self, tmp_path: Path) -> None:
        """It settles the table, and nothing follows."""
        bundle = load(tmp_path, table("[30, -, -, -]", f"['< 50', -, {_DECLINE}]"))
        found = evaluate(bundle, facts(age=30))
        assert (found.outcome, found.reasons) == (None, ())
        assert evaluate(bundle, facts(age=31)).outcome is Outcome.DECLINE

    def test_an_unknown_row_settles_it_too(self, tmp_path: Path) -> None:
        """A later row must not answer in place of one that may apply."""
        bundle = load(tmp_path, table(f"[-, '< 500', {_DECLINE}]", "[-, -, approve, -]"))
        found = evaluate(bundle, facts())
        assert found.outcome is Outcome.REFER
        assert [item.rule_id for item in found.rules] == ["APPROVAL_1"]
        assert found.rules[0].unknown_fields == ("bureau.score",)
        assert results(bundle, score=600) == {"APPROVAL_2": "hit"}

    def test_an_ignored_unknown_row_is_passed_over(self, tmp_path: Path) -> None:
        """It stays in the trace, without an outcome."""
        files = table(
            f"[-, '< 500', {_DECLINE}]", f"['> 20', -, {_REFER}]", head="on_unknown: ignore\n"
        )
        bundle = load(tmp_path, files)
        assert results(bundle) == {"APPROVAL_1": "unknown", "APPROVAL_2": "hit"}
        assert evaluate(bundle, facts()).rules[0].outcome is None


class TestUnique:
    """No two rows may hold for one application."""

    def test_one_hit_applies(self, tmp_path: Path) -> None:
        """As in any other table."""
        files = table(f"['< 40', -, {_REFER}]", f"['> 60', -, {_DECLINE}]", hit="unique")
        bundle = load(tmp_path, files)
        assert evaluate(bundle, facts(age=70)).outcome is Outcome.DECLINE
        assert results(bundle, age=50) == {}

    def test_two_hits_are_errors(self, tmp_path: Path) -> None:
        """Neither has its effects; the policy says what follows an error."""
        rows = (f"['< 40', -, {_DECLINE}]", f"['> 20', -, {_DECLINE}]")
        bundle = load(tmp_path, table(*rows, hit="unique"))
        found = evaluate(bundle, facts(age=30))
        assert [item.result.value for item in found.rules] == ["error", "error"]
        assert found.outcome is Outcome.REFER
        assert [reason.code for reason in found.reasons] == ["RULE_ERROR"]

    def test_an_unknown_row_stands_beside_the_hit(self, tmp_path: Path) -> None:
        """It may overlap: what its fallback says follows as well."""
        rows = ("[30, -, approve, -]", f"[-, '< 500', {_DECLINE}]")
        bundle = load(tmp_path, table(*rows, hit="unique"))
        assert evaluate(bundle, facts(age=30)).outcome is Outcome.REFER


class TestCollect:
    """All hits apply; numbers become one."""

    _HEAD = "table: approval\nhit: collect\ncolumns: [applicant.age]\n"
    _ROWS = "rows:\n" + "".join(
        f"  - ['{cell}', {points}, {cap}]\n"
        for cell, points, cap in (("> 20", -10, 500), ("> 30", 0, 300), ("> 40", 4, "-"))
    )

    def _load(self, root: Path, aggregates: str) -> tuple[int, int | None]:
        text = f"{self._HEAD}effects: [adjust_points, cap_line_minor]\n{aggregates}{self._ROWS}"
        found = evaluate(load(root, {"approval.yaml": text}), facts(age=50))
        return found.adjust_points, found.cap_line_minor

    @pytest.mark.parametrize(
        "aggregates, expected",
        [
            ("", (-6, 300)),
            ("aggregates: {adjust_points: sum, cap_line_minor: min}\n", (-6, 300)),
            ("aggregates: {adjust_points: min, cap_line_minor: max}\n", (-10, 500)),
            ("aggregates: {adjust_points: max, cap_line_minor: sum}\n", (4, 800)),
        ],
    )
    def test_aggregates(
        self, tmp_path: Path, aggregates: str, expected: tuple[int, int | None]
    ) -> None:
        """A row without a cap has no part in it."""
        assert self._load(tmp_path, aggregates) == expected

    def test_every_hit_is_in_the_trace(self, tmp_path: Path) -> None:
        """With its outcome and reason; the gravest is the stage's."""
        rows = (f"['> 20', -, {_REFER}]", f"['> 30', -, {_DECLINE}]", f"['> 40', -, {_REFER}]")
        bundle = load(tmp_path, table(*rows, hit="collect"))
        assert results(bundle, age=35) == {"APPROVAL_1": "hit", "APPROVAL_2": "hit"}
        assert evaluate(bundle, facts(age=35)).outcome is Outcome.DECLINE


@pytest.mark.parametrize("hit", ["first", "unique", "collect"])
class TestOtherwise:
    """The row for when no other settled the table."""

    _MORE = "otherwise: {outcome: refer, reason: AGE_REVIEW}\n"

    def test_it_applies_when_all_others_missed(self, tmp_path: Path, hit: str) -> None:
        """And only then."""
        bundle = load(tmp_path, table(f"['< 18', -, {_DECLINE}]", hit=hit, more=self._MORE))
        assert results(bundle, age=30) == {"APPROVAL_OTHERWISE": "hit"}
        assert results(bundle, age=17) == {"APPROVAL_1": "hit"}

    def test_an_unknown_row_keeps_it_away(self, tmp_path: Path, hit: str) -> None:
        """What nobody knows is not what did not happen."""
        bundle = load(tmp_path, table(f"[-, '< 500', {_DECLINE}]", hit=hit, more=self._MORE))
        assert results(bundle) == {"APPROVAL_1": "unknown"}

    def test_an_ignored_unknown_row_does_not(self, tmp_path: Path, hit: str) -> None:
        """The policy says to go on as if it had missed."""
        files = table(
            f"[-, '< 500', {_DECLINE}]", hit=hit, head="on_unknown: ignore\n", more=self._MORE
        )
        found = results(load(tmp_path, files))
        assert found == {"APPROVAL_1": "unknown", "APPROVAL_OTHERWISE": "hit"}


def test_rows_are_in_force_on_their_days(tmp_path: Path) -> None:
    """Out of them a row misses, so that another has its turn; the table's days hold for all."""
    rows = (
        "{when: ['-', '-'], then: {outcome: refer, reason: AGE_REVIEW}, until: 2026-06-30}",
        "{when: ['-', '-'], then: {outcome: approve}, from: 2026-07-01}",
    )
    more = "otherwise: {outcome: decline, reason: AGE_BELOW_MINIMUM}\n"
    files = table(*rows, head="from: 2026-01-01\nuntil: 2026-12-31\n", more=more)
    bundle = load(tmp_path, files)
    found = {}
    for day in ("2025-12-31", "2026-06-30", "2026-07-01", "2027-01-01"):
        given = facts()
        given.application.date = day
        found[day] = [item.rule_id for item in evaluate(bundle, given).rules]
    assert found == {
        "2025-12-31": [],
        "2026-06-30": ["APPROVAL_1"],
        "2026-07-01": ["APPROVAL_2"],
        "2027-01-01": [],
    }
