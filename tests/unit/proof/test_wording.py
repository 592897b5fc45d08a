"""How findings of proofs read: code, place, application."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine import proof
from engine.errors import PolicyError
from engine.proof import check_rules
from engine.rules import load_bundle, render_all
from engine.rules.source import Source
from tests.unit.rules.bundles import eligibility, write_bundle
from tests.unit.rules.tables import table

GOLDEN = Path(__file__).parents[2] / "golden" / "proofs"
_REFER = "then: {outcome: refer, reason: VERIFY_IDENTITY}"

CASES: dict[str, dict[str, str | bytes]] = {
    "never_fires": eligibility(
        f"- id: A\n  when: applicant.age < 18 && applicant.age > 60\n  {_REFER}"
    ),
    "always_fires": eligibility(
        f"- id: A\n  when: applicant.age < 18 || applicant.age > 9\n  {_REFER}"
    ),
    "shadowed": eligibility(
        "- id: UNDER_AGE\n  when: applicant.age < 18\n"
        "  then: {outcome: decline, reason: AGE_BELOW_MINIMUM}",
        f"- id: CHILD\n  when: applicant.age < 12\n  {_REFER}",
    ),
    "contradiction": eligibility(
        "- id: STAFF\n  when: application.staff_member != ''\n  then: {outcome: approve}",
        f"- id: UNKNOWN_OCCUPATION\n  when: applicant.occupation == null\n  {_REFER}",
    ),
    "row_taken": table(
        '["< 40", -, approve, ""]',
        '[">= 40", -, refer, VERIFY_IDENTITY]',
        '["[30..50]", "> 600", decline, VERIFY_IDENTITY]',
    ),
    "rows_overlap": table(
        '["<= 40", -, approve, ""]', '[">= 40", -, refer, VERIFY_IDENTITY]', hit="unique"
    ),
    "gap": table('["< 40", -, approve, ""]', '["> 40", "> 600", refer, VERIFY_IDENTITY]'),
    "unproved": eligibility(
        "- id: A\n  when: application.branch.contains('ab') && !application.branch.contains('a')\n"
        f"  {_REFER}"
    ),
}

CLAIMS = {
    "claim_says_two_things": "{id: A, never: approve, always: refer}",
    "claim_raises_no_number": "{id: A, raising: applicant.agee, never_lowers: line}",
    "claim_raises_for_one": "{id: A, raising: applicant.age, never: approve}",
    "claim_about_another_thing": "{id: A, raising: applicant.age, never_lowers: outcome}",
}


@pytest.mark.parametrize("name", CLAIMS)
def test_wording_of_claims(name: str, tmp_path: Path) -> None:
    """As above, for what is wrong with the file of claims."""
    files: dict[str, str | bytes] = {"proofs.yaml": f"prove:\n  - {CLAIMS[name]}\n"}
    with pytest.raises(PolicyError) as caught:
        load_bundle(write_bundle(tmp_path, files), checks=(proof.check,))
    _compare(name, f"{caught.value}\n")


@pytest.mark.parametrize("name", CASES)
def test_wording(name: str, tmp_path: Path) -> None:
    """TOUCHSTONE_UPDATE_GOLDEN=1 rewrites the files; review their difference like code."""
    bundle = load_bundle(write_bundle(tmp_path, CASES[name]))
    sources = {n: Source(n, (tmp_path / n).read_text("utf-8")) for n in bundle.files}
    _compare(name, render_all(check_rules(bundle, {}), sources) + "\n")


def _compare(name: str, actual: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("TOUCHSTONE_UPDATE_GOLDEN") == "1":
        path.write_text(actual, encoding="utf-8")
    assert actual == path.read_text(encoding="utf-8")


def test_no_golden_text_is_left_over() -> None:
    """A removed case takes its text with it."""
    assert {path.stem for path in GOLDEN.glob("*.txt")} == {*CASES, *CLAIMS}
