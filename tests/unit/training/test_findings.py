"""What speaks against a card stands first in its report."""

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.cli import main
from engine.training import Spec, Trained, read_spec, train
from engine.training.findings import LOOKED_FOR, findings, lines
from engine.training.page import model_card, page
from engine.training.plots import plots
from engine.training.report import report
from tests.training_tables import SPEC, csv_file, spec_file, table


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A card of the small table."""
    return train(read_spec(spec_file(tmp_path_factory.mktemp("spec"))), table())


@pytest.fixture(scope="module")
def found(trained: Trained) -> dict[str, Any]:
    """Its report."""
    return report(trained, "x")


def clean(found: dict[str, Any]) -> dict[str, Any]:
    """The report without anything that speaks against the card."""
    made = copy.deepcopy(found)
    for number, tenth in enumerate(made["calibration"]):
        tenth.update(inside=True, bad_rate=0.05 * (number + 1))
    for attribute in made["fairness"]:
        for group in [g for threshold in attribute["thresholds"] for g in threshold["groups"]]:
            group["below_four_fifths"] = False
    made["segments"], made["baselines"] = [], []
    for variable in made["variables"]:
        variable["sign"] = 0
    return made


def kinds(made: dict[str, Any]) -> list[str]:
    """The kinds of what is found."""
    return [finding["kind"] for finding in findings(made)["found"]]


def test_nothing_found_says_what_was_looked_for(found: dict[str, Any]) -> None:
    """Silence would look like a search that nobody made."""
    told = findings(clean(found))
    assert told == {"found": [], "looked_for": list(LOOKED_FOR)}
    assert lines(told)[0] == "findings: none. Looked for:"
    assert len(lines(told)) == 1 + len(LOOKED_FOR)


def test_a_better_card_is_a_finding(found: dict[str, Any]) -> None:
    """By any measure, beyond the interval of this one; within it is no finding."""
    made = clean(found)
    fold = {key: found["discrimination"][key]["value"] for key in ("auc", "ks", "brier")}
    made["folds"] = [fold]
    made["baselines"] = [{"card": "another", **fold}]
    assert kinds(made) == []
    made["baselines"][0]["brier"] = found["discrimination"]["brier"]["low"] - 0.001
    assert kinds(made) == ["baseline"]
    assert "another is better" in findings(made)["found"][0]["text"]


def test_tenths_that_are_off_or_out_of_order_are_findings(found: dict[str, Any]) -> None:
    """With the tenth and its figures."""
    made = clean(found)
    made["calibration"][3]["inside"] = False
    made["calibration"][7]["bad_rate"] = 0.01
    off, order = findings(made)["found"]
    assert (off["kind"], order["kind"]) == ("calibration", "order")
    assert "in tenth 4 (" in off["text"]
    assert "tenth 8 is less often bad (0.0100) than tenth 7" in order["text"]


def test_a_sign_against_the_bins_is_a_finding(tmp_path: Path) -> None:
    """The bad rate falls with the income: a sign +1 makes a card that no report should hide."""
    text = SPEC.replace("income, sign: -1", "income, sign: 1").replace("worst, family", "0, family")
    told = findings(report(train(read_spec(spec_file(tmp_path, text)), table()), "x"))["found"]
    signs = [finding["text"] for finding in told if finding["kind"] == "sign"]
    assert len(signs) == 1
    assert signs[0].startswith("income has the sign +1, but over its bins the bad rate falls")


def test_agreed_signs_that_hold_are_none(found: dict[str, Any]) -> None:
    """Codes and missing values stand in no order, and chance is no finding."""
    assert "sign" not in [finding["kind"] for finding in found["findings"]["found"]]


def test_a_group_below_four_fifths_is_a_finding(found: dict[str, Any]) -> None:
    """By name, with the ratio's interval, once for all shares."""
    made = clean(found)
    for threshold in made["fairness"][0]["thresholds"][:2]:
        threshold["groups"][1].update(
            below_four_fifths=True, ratio=0.7, ratio_low=0.6, ratio_high=0.81
        )
    (told,) = findings(made)["found"]
    name = made["fairness"][0]["thresholds"][0]["groups"][1]["group"]
    groups = made["fairness"][0]["thresholds"][0]["groups"]
    best = max(groups, key=lambda group: group["approval_rate"])["group"]
    rows = {group["group"]: group["rows"] for group in made["fairness"][0]["groups"]}
    assert f"where 30% are approved, against {best} ({rows[best]:,} rows)" in told["text"]
    assert f"sex {name}: approved at less than 0.8" in told["text"]
    assert told["text"].count("0.700 (0.600 to 0.810)") == 2


def test_a_segment_that_is_ranked_worse_is_a_finding(found: dict[str, Any]) -> None:
    """If its interval ends below that of all rows; a group of a protected attribute too."""
    made = clean(found)
    made["segments"] = copy.deepcopy(found["segments"])
    made["segments"][0]["measured"]["auc"] = {"value": 0.55, "low": 0.5, "high": 0.6}
    made["fairness"][0]["groups"][0]["auc"] = 0.52
    assert kinds(made) == ["ranking", "ranking"]
    assert "in the segment never late: AUC 0.5500" in findings(made)["found"][0]["text"]


def test_findings_come_first(found: dict[str, Any], trained: Trained) -> None:
    """In the page, in the short form and in the JSON."""
    made = {**found, "findings": {"found": [{"kind": "x", "text": "It is bad."}], "looked_for": []}}
    for text in (page(made, plots(made, trained)), model_card(made, [])):
        assert 0 < text.index("It is bad.") < text.index("Where it comes from")
    assert list(found).index("findings") < list(found).index("lineage")
    empty = {**found, "findings": findings(clean(found))}
    for text in (page(empty, []), model_card(empty, [])):
        assert "Nothing was found of what was looked for" in text


def test_the_command_ends_with_the_findings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever trains sees them without opening a file."""
    csv_file(tmp_path)
    spec, out = str(spec_file(tmp_path)), str(tmp_path / "card")
    assert main(["score", "train", spec, "--out", out, "--report", out]) == 0
    assert "findings: " in capsys.readouterr().out.partition("the report is in")[2]


def codes_of(found: dict[str, Any], name: str) -> dict[float, dict[str, Any]]:
    """The codes of a feature in a report."""
    (variable,) = [v for v in found["variables"] if v["feature"] == name]
    return {entry["code"]: entry for entry in variable["codes"]}


def test_codes_are_told_with_what_becomes_of_them(found: dict[str, Any], trained: Trained) -> None:
    """Their rows, share and bad rate, as they were in the table."""
    late = codes_of(found, "late")
    assert {code: (c["becomes"], c["rows"]) for code, c in late.items()} == {
        -7: ("best (0)", 20),
        99: ("worst (9)", 10),
    }
    labels = trained.sample.labels
    assert late[-7]["bad_rate"] == round(float(labels[:20].mean()), 4)
    assert late[-7]["share"] == round(20 / 900, 4)
    assert codes_of(found, "inquiries")[-8]["becomes"] == "separate"


def test_codes_and_missing_values_have_bins_of_their_own(found: dict[str, Any]) -> None:
    """A replaced value is no amount; a missing value is one, even if it was replaced."""
    by_name = {variable["feature"]: variable for variable in found["variables"]}
    kinds = {b["bin"]: b["rows"] for b in by_name["late"]["bins"] if b["kind"] == "code"}
    assert kinds == {"code -7": 20, "code 99": 10}
    assert by_name["income"]["missing"] == "worst"
    assert by_name["income"]["missing_share"] == pytest.approx(0.1, abs=0.03)
    assert "missing" in [b["bin"] for b in by_name["income"]["bins"]]
    assert all(sum(b["rows"] for b in v["bins"]) == 900 for v in by_name.values())


def test_a_code_in_a_formula_of_several_columns_is_told(tmp_path: Path) -> None:
    """The row gets what the code becomes, and stands under its code."""
    text = SPEC.replace(
        "of: balance / limit, sign: 1", "of: late + inquiries * 0, missing: separate,"
    )
    text = text.replace(
        "missing: separate,, range: [0, 2]",
        "missing: separate, range: [0, 9], special: {-7: best, 99: separate}",
    )
    text = text.replace("{-7: best, 99: separate}, family: debt", "{-7: 0, 99: 9}, family: debt")
    spec = read_spec(spec_file(tmp_path, text))
    quick: Spec = replace(spec, tuning=replace(spec.tuning, configurations=1, rounds=10))
    codes = codes_of(report(train(quick, table()), "x"), "utilisation")
    assert [(c["becomes"], c["rows"]) for c in codes.values()] == [
        ("0", 20),
        ("9", 10),
    ]


def test_codes_are_seen_in_both_forms(found: dict[str, Any], trained: Trained) -> None:
    """The page says what becomes of them; the short form has a table."""
    assert "-7: best (0), 2.2 % of rows" in page(found, plots(found, trained))
    assert "| late | -7 | best (0) | 20 | 2.2 % |" in model_card(found, [])


def test_few_values_are_all_tried(found: dict[str, Any]) -> None:
    """A curve over two of three values would hide the third; and it says how many it tried."""
    by_name = {curve["feature"]: curve for curve in found["behaviour"]}
    late, income = by_name["late"], by_name["income"]
    # A code that became the end of the range is a value that the trees see.
    assert late["values"] == [0, 1, 2, 4, 9]
    assert late["distinct"] == 5
    assert len(income["values"]) == 9 < income["distinct"]
    assert late["checked"] == (len(late["values"]) - 1) * late["rows"]
    assert {code["code"] for code in late["codes"]} == {-7, 99}


def test_the_page_does_not_claim_more_steps_than_it_tried(
    found: dict[str, Any], trained: Trained
) -> None:
    """Steps and rows stand apart: their product looks like a search of all values."""
    html = page(found, plots(found, trained))
    assert "<td>5 of 5</td><td>4 steps of 400 rows</td>" in html
    assert "Between two of these nothing was tried" in html
    assert "<td>1,600</td>" not in html


def test_cut_points_are_called_so(found: dict[str, Any], trained: Trained) -> None:
    """Nine points part ten tenths: no tenth lies between all of them."""
    assert "Nine cut points part the rows into tenths: " in page(found, plots(found, trained))
