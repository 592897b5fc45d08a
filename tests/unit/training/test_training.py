import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.cli import main
from engine.errors import PolicyError
from engine.outcome import ScoreResult
from engine.training import Spec, Trained, TrainingRefused, read_spec, table_of, train
from engine.training.card import TableCard
from engine.training.page import page
from engine.training.plots import plots
from engine.training.points_table import points_table
from engine.training.report import as_json, report
from engine.training.search import margins
from engine.training.spec import Missing
from tests.training_tables import SPEC, columns, csv_file, spec_file, table

BY_TIME = SPEC.replace(
    "folds: 3, seed: 5", "seed: 5, time: month, calibrate_from: 2025-07, test_from: 2025-10"
)


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Spec:
    """The spec of the small table."""
    return read_spec(spec_file(tmp_path_factory.mktemp("spec")))


@pytest.fixture(scope="module")
def trained(spec: Spec) -> Trained:
    """A card of it."""
    return train(spec, table())


def read(tmp_path: Path, text: str) -> Spec:
    """A spec of a text."""
    return read_spec(spec_file(tmp_path, text))


def test_the_same_spec_and_table_give_the_same_bytes(spec: Spec, trained: Trained) -> None:
    """Model, manifest and report."""
    again = train(spec, table())
    assert again.files() == trained.files()
    assert as_json(report(again, "x")) == as_json(report(trained, "x"))


def test_each_code_told_to_the_trees_is_a_value_of_its_own(trained: Trained) -> None:
    """Two codes and a missing value are three things, and none of them a number in the range."""
    place = [f.name for f in trained.sample.features].index("inquiries")
    column = trained.sample.prepared.numbers[:, place]
    assert column[40:120].tolist() == [-1.0] * 40 + [-2.0] * 40
    assert np.isnan(column).any()
    assert trained.manifest.features[place].low == -2.0


def test_another_seed_gives_another_model(spec: Spec, trained: Trained) -> None:
    """The seed is not for show."""
    other = train(replace(spec, split=replace(spec.split, seed=6)), table())
    assert other.model != trained.model


def test_progress_is_told_to_the_end(spec: Spec) -> None:
    """Each trial once, and their number."""
    told: list[tuple[int, int]] = []
    train(spec, table(), lambda done, fits: told.append((done, fits)))
    assert [(n, 8) for n in range(1, 9)] == told


def test_the_served_score_is_the_trained_one(tmp_path: Path, spec: Spec, trained: Trained) -> None:
    """Row by row: the same margin from named values as from the training table."""
    trained.write(tmp_path, spec_file(tmp_path))
    card = TableCard.load(tmp_path)
    found = columns()
    own = margins(trained.sample.shape, trained.booster, trained.rows)
    for row in range(60):
        values = {
            name: None if found[name][row] != found[name][row] else found[name][row]
            for name in card.reads
        }
        values = {n: v.item() if isinstance(v, np.generic) else v for n, v in values.items()}
        result = card.score(values)
        assert isinstance(result, ScoreResult)
        odds = card.calibrator.log_odds(own[row])
        assert result.pd == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-6)


def test_a_card_with_another_spec_is_refused(tmp_path: Path, spec: Spec, trained: Trained) -> None:
    """The spec is part of the card: it says how values are read."""
    trained.write(tmp_path, spec_file(tmp_path))
    (tmp_path / "spec.yaml").write_text(SPEC.replace("99: worst", "99: best"), encoding="utf-8")
    with pytest.raises(PolicyError, match="not the spec that the card was trained by"):
        TableCard.load(tmp_path)


def test_a_split_by_time_looks_only_ahead(tmp_path: Path) -> None:
    """Trees of the first period, calibrator of the second, measures of the third."""
    found = train(read(tmp_path, BY_TIME), table())
    months = columns()["month"]
    assert {months[i] for i in found.scored.rows} == {"2025-10", "2025-11", "2025-12"}
    later = columns()
    late = np.array([month >= "2025-10" for month in months])
    later["outcome"] = np.where(late, 1 - later["outcome"], later["outcome"])
    changed = train(read(tmp_path, BY_TIME), table_of(later))
    assert changed.model == found.model
    assert changed.manifest.calibrator == found.manifest.calibrator
    assert changed.manifest.cross_validation != found.manifest.cross_validation


def test_the_report_draws_the_psi_of_periods(tmp_path: Path) -> None:
    """Where the spec names a time."""
    found = train(read(tmp_path, BY_TIME), table())
    told = report(found, "x")
    assert {"psi", "roc", "ks"} <= {name for name, _, _ in plots(told, found)}


def _trained_elsewhere(directory: Path, **environment: str) -> dict[str, bytes]:
    """All files of a training and its report, by another process in its own place."""
    directory.mkdir()
    spec_file(directory)
    csv_file(directory)
    arguments = ["score", "train", "small.yaml", "--out", "card", "--report", "card"]
    subprocess.run(
        [sys.executable, "-m", "engine.cli", *arguments],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        check=True,
        capture_output=True,
    )
    files = sorted(path for path in (directory / "card").rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def test_other_processes_make_the_same_bytes(tmp_path: Path) -> None:
    """Another directory, hash seed and number of threads: model, manifest, report and drawings."""
    one = _trained_elsewhere(tmp_path / "one", PYTHONHASHSEED="1", OMP_NUM_THREADS="1")
    two = _trained_elsewhere(tmp_path / "two", PYTHONHASHSEED="2", OMP_NUM_THREADS="4")
    assert {"card/model.ubj", "card/manifest.json", "card/report.html"} < set(one)
    assert one == two


def test_an_additive_card_has_one_split_a_tree(tmp_path: Path) -> None:
    """So that features never meet."""
    text = SPEC.replace("patience: 10", "patience: 10, additive: true")
    found = train(read(tmp_path, text), table())
    assert found.manifest.configuration["max_depth"] == 1
    assert found.booster.trees_to_dataframe().groupby("Tree").size().max() <= 3


ADDITIVE = SPEC.replace("patience: 10", "patience: 10, additive: true")


def value_of(name: str, entry: dict[str, Any], low: float) -> float | str | None:
    """A value that stands in this row of the table."""
    bin_ = str(entry["bin"])
    if entry["kind"] == "missing":
        return None
    if entry["kind"] == "levels":
        return bin_.split(", ", maxsplit=1)[0]
    if entry["kind"] == "code":
        return float(bin_.removeprefix("code "))
    start = bin_.partition(" to below ")[0].removeprefix("from ")
    return low if start == "all" or start.startswith("below") else float(start)


@pytest.mark.parametrize(
    "old, new",
    [
        ("", ""),
        ("missing: worst", "missing: best"),
        ("missing: worst", "missing: 20000"),
        ("missing: 0", "missing: best"),
        ("missing: 0", "missing: refuse"),
        ("99: worst", "99: refuse"),
        ("-9: separate", "-9: 4"),
        ("range: [0, 2], family", "range: [0, 2], special: {-5: worst, -6: 1}, family"),
        ("type: category, missing: separate", "type: category, missing: refuse"),
    ],
)
def test_every_row_of_an_additive_card_is_what_it_serves(
    tmp_path: Path, old: str, new: str
) -> None:
    """With a pencil one comes to the points of everybody, whatever is missing or coded."""
    text = ADDITIVE.replace(old, new)
    given = columns()
    if "99: refuse" in text:
        given["late"][given["late"] == 99] = 0
    found = train(read(tmp_path, text), table_of(given))
    found.write(tmp_path, spec_file(tmp_path, text))
    card = TableCard.load(tmp_path)
    told = points_table(found)
    assert told is not None
    # A ratio is a column of its own: its bin is reached with a limit of 1.
    column = {"utilisation": "balance"}
    low = {feature.name: feature.low for feature in found.sample.features}
    typical = {f["feature"]: f["bins"][0] for f in told["features"]}
    plain = {"income": 9_000.0, "balance": 0.0, "limit": 1.0, "late": 0.0, "inquiries": 1.0}
    start = {**plain, "job": "clerk"} | {
        column.get(name, name): value_of(name, entry, low[name]) for name, entry in typical.items()
    }
    tried = []
    for part in told["features"]:
        name = part["feature"]
        for entry in part["bins"]:
            values = {**start, column.get(name, name): value_of(name, entry, low[name])}
            result = card.score(values)
            assert isinstance(result, ScoreResult), (name, entry)
            rest = sum(e["points"] for n, e in typical.items() if n != name)
            total = told["base"] + rest + entry["points"]
            assert abs(total - result.points) < 0.51 + 0.05 * (1 + len(typical)), (name, entry)
            tried.append((name, entry["bin"]))
    refused = {
        (feature.name, "missing")
        for feature in found.sample.features
        if feature.missing is Missing.REFUSE
    }
    assert not refused & set(tried)
    assert ("late", "code -7") in tried
    assert (("late", "code 99") in tried) is ("99: refuse" not in text)
    told_all = report(found, "x")
    assert "The card is a sum" in page(told_all, plots(told_all, found))


def test_an_additive_card_is_the_table_that_it_prints(tmp_path: Path) -> None:
    """A category by the names of its levels, and of many levels the rest is counted."""
    columns_ = columns()
    chance = np.random.default_rng(2)
    columns_["job"] = np.array([f"job {n}" for n in chance.integers(0, 60, 900)], dtype=object)
    columns_["outcome"] = np.where(
        np.isin(columns_["job"], [f"job {n}" for n in range(20)]), columns_["outcome"], 0
    )
    told = points_table(train(read(tmp_path, ADDITIVE), table_of(columns_)))
    assert told is not None
    (job,) = [f for f in told["features"] if f["feature"] == "job"]
    rows = [entry["bin"] for entry in job["bins"] if entry["kind"] == "levels"]
    named = ", ".join(rows).split(", ")
    counted = sum(int(n.removesuffix(" more")) for n in named if n.endswith(" more"))
    assert named.count("any other") == 1
    assert counted + sum(name.startswith("job ") for name in named) == 60
    assert max(len(row.split(", ")) for row in rows) <= 14


def test_a_card_with_deeper_trees_has_no_table(trained: Trained) -> None:
    """Its features meet, so that no sum of bins is the card."""
    assert points_table(trained) is None


def test_interactions_stay_within_their_groups(tmp_path: Path) -> None:
    """No tree reads features of two families."""
    found = train(read(tmp_path, SPEC + "interactions: families\n"), table())
    family = {feature.name: feature.family for feature in found.sample.features}
    frame = found.booster.trees_to_dataframe()
    used = frame[frame.Feature != "Leaf"].groupby("Tree").Feature.unique()
    assert all(len({family[name] for name in names}) == 1 for names in used)


def test_weights_count(tmp_path: Path, trained: Trained) -> None:
    """A weight of two on everybody bad makes another model."""
    found = columns()
    found["mass"] = 1.0 + found["outcome"]
    weighted = train(read(tmp_path, SPEC + "weight: mass\n"), table_of(found))
    assert weighted.model != trained.model


def sampled(rows: int) -> dict[str, np.ndarray]:
    """One in ten of the good, each standing for ten."""
    found = columns(rows, 4)
    keep = (found["outcome"] == 1) | (np.random.default_rng(1).random(rows) < 0.1)
    found = {name: values[keep] for name, values in found.items()}
    return {**found, "mass": np.where(found["outcome"] == 1, 1.0, 10.0)}


def test_a_weighted_card_is_judged_by_what_its_rows_stand_for(tmp_path: Path) -> None:
    """A sample of the good is no other population: the PD is right, and all rows say the same."""
    spec, whole = read(tmp_path, SPEC + "weight: mass\n"), columns(9_000, 4)
    trained = train(spec, table_of(sampled(9_000)))
    found = report(trained, "x")
    rate = float(whole["outcome"].mean())
    assert sum(tenth["inside"] for tenth in found["calibration"]) >= 8
    assert found["population"][0]["bad_rate"] == pytest.approx(rate, abs=0.02)
    assert found["population"][0]["effective_rows"] < found["population"][0]["rows"] / 2
    assert found["discrimination"]["bad_rate"] == pytest.approx(rate, abs=0.02)
    one = train(read(tmp_path, SPEC), table_of(whole))
    all_rows = report(one, "x")
    for key, off in (("auc", 0.03), ("ks", 0.05), ("brier", 0.02)):
        value = all_rows["discrimination"][key]["value"]
        assert found["discrimination"][key]["value"] == pytest.approx(value, abs=off)
        assert found["baselines"][0][key] == pytest.approx(all_rows["baselines"][0][key], abs=off)
    assert trained.manifest.cross_validation.brier_mean == pytest.approx(
        one.manifest.cross_validation.brier_mean, abs=0.01
    )
    for name in ("fairness", "segments"):
        assert len(found[name]) == len(all_rows[name])
    for part, other in zip(found["fairness"], all_rows["fairness"], strict=True):
        for group, same in zip(part["groups"], other["groups"], strict=True):
            assert group["bad_rate"] == pytest.approx(same["bad_rate"], abs=0.04)
    html = page(found, plots(found, trained))
    assert "of as many rows of equal weight as say the same" in html
    assert "every row counts by its mass" in html


def test_equal_weights_change_no_measure(tmp_path: Path, trained: Trained) -> None:
    """Three of everybody are the same people: measures and intervals stay."""
    found = report(trained, "x")
    spec = read(tmp_path, SPEC + "weight: mass\n")
    sample = replace(trained.sample, spec=spec, weights=np.full(900, 3.0))
    weighted = report(replace(trained, sample=sample), "x")
    for part in ("discrimination", "calibration", "segments"):
        assert weighted[part] == found[part], part
    # A level is drawn to the average by twenty rows, and three of everybody are more than one.
    numbers = [
        [v for v in made["variables"] if v["feature"] != "job"] for made in (weighted, found)
    ]
    assert numbers[0] == numbers[1]
    for one, other in zip(weighted["fairness"], found["fairness"], strict=True):
        assert one["groups"] == other["groups"]
        for at, same in zip(one["thresholds"], other["thresholds"], strict=True):
            assert at["pd_cut_off"] == pytest.approx(same["pd_cut_off"], abs=0.002)


@pytest.mark.parametrize(
    "change, told",
    [
        ({"late": np.full(900, np.nan)}, None),
        ({"balance": np.full(900, np.nan)}, "feature utilisation is missing, in 900 rows"),
        ({"inquiries": np.full(900, 31.0)}, "feature inquiries is outside 0 .. 30, in 900 rows"),
        ({"outcome": np.zeros(900)}, "no row is '1', which `bad` names; its values are: 0"),
        ({"outcome": np.full(900, np.nan)}, "the outcome is missing, in 900 rows"),
        ({"sex": None}, "has no column 'sex'"),
        ({"late": None}, "has no column 'late'"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(
    spec: Spec, change: dict[str, np.ndarray | None], told: str | None
) -> None:
    """Before anything is trained, naming the column; a policy for what is missing is enough."""
    found = {**columns(), **change}
    small = table_of({name: values for name, values in found.items() if values is not None})
    quick = replace(spec, tuning=replace(spec.tuning, configurations=1, rounds=10))
    if told is None:
        train(quick, small)
        return
    with pytest.raises(TrainingRefused, match=told):
        train(quick, small)


def test_the_report_says_what_an_examiner_asks(trained: Trained) -> None:
    """Every part is there, agreed signs hold, and no feature is a protected attribute."""
    found = report(trained, "touchstone score train small.yaml")
    assert found["lineage"]["rows_read"] == 900
    assert {f["attribute"] for f in found["fairness"]} == {"sex", "age"}
    assert {"sex", "age"} <= set(found["lineage"]["never_features"])
    assert sum(curve["violations"] for curve in found["behaviour"]) == 0
    assert len(found["calibration"]) == 10
    assert found["discrimination"]["auc"]["low"] < found["discrimination"]["auc"]["value"]
    assert found["discrimination"]["auc"]["value"] > 0.7
    assert all(v["information_value"] >= 0 for v in found["variables"])
    assert [s["segment"] for s in found["segments"]] == ["never late"]
    html = page(found, plots(found, trained))
    for text in ("Fairness", "Agreed signs", "Nobody in it exists.", "<svg", "Calibration"):
        assert text in html
    assert "src=" not in html
    assert "<script" not in html


def test_a_champion_is_compared(trained: Trained) -> None:
    """With a warning if the data is another."""
    champion = json.loads(as_json(report(trained, "x")))
    assert report(trained, "x", champion)["champion"]["same_data"]
    champion["lineage"]["data_sha256"] = "other"
    assert not report(trained, "x", champion)["champion"]["same_data"]


def test_the_command_trains_verifies_and_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And says so with its exit code."""
    spec_at, _ = str(spec_file(tmp_path)), csv_file(tmp_path)
    out, told = str(tmp_path / "card"), str(tmp_path / "report")
    assert main(["score", "train", spec_at, "--check"]) == 0
    assert main(["score", "train", spec_at, "--out", out, "--report", told]) == 0
    assert main(["score", "train", spec_at, "--out", out, "--verify"]) == 0
    assert capsys.readouterr().out.count(": same") == 3
    assert (tmp_path / "report" / "report.html").stat().st_size > 20_000
    short = (tmp_path / "report" / "model_card.md").read_text(encoding="utf-8")
    assert "| utilisation | debt | +1 |" in short
    assert "| sex | f |" in short
    assert "%)" in short.partition("| AUC | KS | Brier |\n|---|---|---|---|\n")[2].splitlines()[0]
    assert short.count("| WOE logistic regression, mean |") == 1
    drawn = re.findall(r"!\[.*\]\((plots/\w+\.svg)\)", short)
    names = ("roc", "ks", "calibration", "dependence", "fairness")
    assert drawn == [f"plots/{name}.svg" for name in names]
    assert all((tmp_path / "report" / name).read_text().startswith("<svg") for name in drawn)
    TableCard.load(tmp_path / "card")
    (tmp_path / "card" / "manifest.json").write_text("{}")
    assert main(["score", "train", spec_at, "--out", out, "--verify"]) == 1
    assert main(["score", "train", spec_at]) == 2
    assert main(["score", "train", spec_at, "--out", out, "--data", "none.csv"]) == 1
