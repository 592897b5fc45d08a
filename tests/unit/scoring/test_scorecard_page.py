from pathlib import Path

from engine.scoring.features import FEATURES
from engine.scoring.manifest import read_artefact
from tests.bureaus import CARD

_PAGE = (Path(__file__).parents[3] / "docs" / "scorecard.md").read_text(encoding="utf-8")


def test_the_page_describes_every_feature() -> None:
    """With its family, sign and range, in order."""
    rows = [line.split(" | ")[:4] for line in _PAGE.splitlines() if line.startswith("| `")]
    described = [row for row in rows if len(row) == 4]
    expected = [
        [
            f"| `{f.name}`",
            f.family.value,
            f"{f.sign:+d}" if f.sign else "0",
            f"{f.low:g} .. {f.high:g}",
        ]
        for f in FEATURES
    ]
    assert expected == described


def test_the_page_states_the_measures_of_the_shipped_card() -> None:
    """Means as the manifest has them."""
    measured = read_artefact(CARD, FEATURES).manifest.cross_validation
    for value in (measured.auc_mean, measured.ks_mean, measured.brier_mean):
        assert f"{value:.4f}".removeprefix("0") in _PAGE
