import json
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import xgboost as xgb

from engine.errors import PolicyError
from engine.model import Bureau, RepaymentStatus
from engine.outcome import ScoreResult
from engine.scoring import Scorecard, ScoreUnavailable, Unavailability
from engine.scoring.features import FEATURES
from engine.scoring.manifest import MANIFEST, MODEL, read_artefact
from engine.scoring.scorecard import checked_row
from tests.bureaus import CARD, DATA, bureau, late, month, shipped_bureaus

GOOD = bureau([month(RepaymentStatus.PAID_IN_FULL, balance=100_000, payment=100_000)] * 6)
BAD = bureau([late(2, balance=990_000, payment=0)] * 6)

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def card() -> Scorecard:
    """The shipped card."""
    return Scorecard.load(CARD)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped artefact, to be spoilt."""
    return Path(shutil.copytree(CARD, tmp_path / "card"))


def scored(card: Scorecard, summary: Bureau) -> ScoreResult:
    """The score, which there must be."""
    result = card.score(summary)
    assert isinstance(result, ScoreResult)
    return result


def rewrite(directory: Path, change: Change) -> None:
    """Change the manifest in place."""
    manifest = json.loads((directory / MANIFEST).read_text())
    change(manifest)
    (directory / MANIFEST).write_text(json.dumps(manifest))


def replace_model(directory: Path, model: bytes) -> None:
    """Put another model there, and let the manifest vouch for it."""
    (directory / MODEL).write_bytes(model)
    rewrite(directory, lambda m: m.update(model_sha256=sha256(model).hexdigest()))


def test_a_good_payer_has_more_points_than_a_bad_one(card: Scorecard) -> None:
    """Points and PD say the same, the other way round."""
    good, bad = scored(card, GOOD), scored(card, BAD)
    assert good.points > bad.points + 60
    assert good.pd < 0.15
    assert bad.pd > 0.5


def test_reasons_name_what_was_bad(card: Scorecard) -> None:
    """Months past due come first for somebody who is late."""
    families = scored(card, BAD).families
    assert families[0].family == "delinquency"
    assert 1 <= len(families) <= 4


def test_a_result_names_its_card_and_the_digest_of_all_of_it(card: Scorecard) -> None:
    """The digest is of the manifest, which holds that of the trees."""
    result = scored(card, GOOD)
    expected = sha256((CARD / MANIFEST).read_bytes()).hexdigest()
    assert ("card_bureau", expected) == (result.scorecard, result.model_digest)


def test_a_thin_file_has_no_score(card: Scorecard) -> None:
    """And says why."""
    expected = ScoreUnavailable(Unavailability.THIN_FILE)
    assert expected == card.score(bureau([month()] * 5))


def test_threads_share_a_card_and_agree(card: Scorecard) -> None:
    """The same result from four threads at once as from one."""
    summaries = shipped_bureaus(200)
    expected = [card.score(summary) for summary in summaries]
    with ThreadPoolExecutor(4) as pool:
        assert expected == list(pool.map(card.score, summaries))


def test_processes_agree_whatever_their_threads(card: Scorecard) -> None:
    """A process that is allowed two threads gives the same digits."""
    program = (
        "import json, sys; from dataclasses import asdict; from pathlib import Path;"
        "from engine.scoring import Scorecard;"
        "from tests.bureaus import shipped_bureaus;"
        "card = Scorecard.load(Path(sys.argv[1]));"
        "print(json.dumps([asdict(card.score(each)) for each in shipped_bureaus(50)]))"
    )
    root = Path(__file__).parents[3]
    output = subprocess.run(
        [sys.executable, "-c", program, str(CARD), str(DATA)],
        capture_output=True,
        check=True,
        cwd=root,
        env={"OMP_NUM_THREADS": "2", "PYTHONPATH": str(root)},
    ).stdout
    here = [asdict(scored(card, each)) for each in shipped_bureaus(50)]
    assert json.loads(json.dumps(here)) == json.loads(output)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), 9.0, -1.0])
def test_the_gate_refuses_values_out_of_range(value: float) -> None:
    """XGBoost would score each of them without a word."""
    row = [feature.low for feature in FEATURES]
    row[0] = value
    with pytest.raises(ValueError, match="delay_1 must be in"):
        checked_row(row)


def test_the_gate_refuses_another_width() -> None:
    """A row that lost a column is not a row."""
    with pytest.raises(ValueError, match="47 values for 48 features"):
        checked_row([0.0] * 47)


def test_a_truncated_model_is_refused_before_it_is_parsed(copy: Path) -> None:
    """The checksum is compared first."""
    path = copy / MODEL
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(PolicyError, match="truncated or changed"):
        Scorecard.load(copy)


def test_a_pickle_is_refused_even_if_the_manifest_vouches_for_it(copy: Path) -> None:
    """Opening one would run its author's code."""
    replace_model(copy, pickle.dumps({"model": 1}))
    with pytest.raises(PolicyError, match="pickle"):
        Scorecard.load(copy)


@pytest.mark.parametrize("junk", [b"PK\x03\x04", b"{not ubjson", b""])
def test_other_bytes_are_refused(copy: Path, junk: bytes) -> None:
    """Whatever they are."""
    replace_model(copy, junk)
    with pytest.raises(PolicyError, match=r"not UBJSON|cannot be loaded"):
        Scorecard.load(copy)


@pytest.mark.parametrize("name", [MODEL, MANIFEST])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    """With its path."""
    (copy / name).unlink()
    with pytest.raises(PolicyError, match=f"{name}: cannot be read"):
        Scorecard.load(copy)


def swap_features(manifest: dict[str, Any]) -> None:
    """Two columns change places."""
    features = manifest["features"]
    features[0], features[1] = features[1], features[0]


@pytest.mark.parametrize(
    "change, message",
    [
        (swap_features, r"features\[0\]: trained on"),
        (lambda m: m["features"].pop(), "47 features, this program has 48"),
        (lambda m: m["features"][3].update(sign=-1), r"features\[3\]"),
        (lambda m: m["calibrator"].update(slope=-1.0), "slope must be positive"),
        (lambda m: m["scale"].update(pdo=0), "must be positive"),
        (lambda m: m.update(probes=[]), "one probe"),
        (lambda m: m["probes"][2].update(margin=9.0), "probe 2 scores"),
        (lambda m: m.update(trees=5), "trees, the manifest says 5"),
        (lambda m: m.update(xgboost_version="1.7.6"), "trained by XGBoost 1.7.6"),
        (lambda m: m.update(surprise=1), "surprise"),
        (lambda m: m.pop("calibrator"), "calibrator"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(copy: Path, change: Change, message: str) -> None:
    """Each fault is named."""
    rewrite(copy, change)
    with pytest.raises(PolicyError, match=message):
        Scorecard.load(copy)


def altered(copy: Path, change: Change) -> bytes:
    """The model with its trees changed, still a model that XGBoost loads."""
    booster = xgb.Booster(model_file=str(copy / MODEL))
    document = json.loads(booster.save_raw("json"))
    change(document["learner"])
    other = xgb.Booster()
    other.load_model(bytearray(json.dumps(document).encode()))
    return bytes(other.save_raw("ubj"))


def test_a_leaf_that_is_not_a_number_is_refused(copy: Path) -> None:
    """It would spread to the score without an error."""

    def change(learner: dict[str, Any]) -> None:
        tree = learner["gradient_booster"]["model"]["trees"][7]
        tree["split_conditions"][-1] = float("nan")

    replace_model(copy, altered(copy, change))
    with pytest.raises(PolicyError, match="tree 7: split_conditions holds a value"):
        Scorecard.load(copy)


def test_a_model_with_permuted_columns_is_refused(copy: Path) -> None:
    """Its trees would read the wrong numbers."""
    replace_model(copy, altered(copy, lambda learner: learner["feature_names"].reverse()))
    with pytest.raises(PolicyError, match="other features, or another order"):
        Scorecard.load(copy)


def test_the_shipped_card_is_what_its_manifest_promises() -> None:
    """AUC of the issue, monotone signs, no person in it, and the data that is shipped."""
    manifest = read_artefact(CARD, FEATURES).manifest
    assert manifest.cross_validation.auc_mean >= 0.780
    assert len(manifest.cross_validation.auc) == 5
    assert {"SEX", "MARRIAGE"} <= set(manifest.excluded)
    assert sha256(DATA.read_bytes()).hexdigest() == manifest.data.sha256
    assert "CC BY 4.0" in manifest.data.licence
    assert manifest.calibrator.slope > 0
