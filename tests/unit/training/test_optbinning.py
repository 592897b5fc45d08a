"""The comparison with optbinning: another interpreter, the same folds."""

import sys
from pathlib import Path

import pytest

from engine.training import TrainingRefused, read_spec, table_of
from engine.training.comparison import CLASSICAL, OPTBINNING, compared, pairs_of
from engine.training.optbinning import by_optbinning, probe
from engine.training.sample import sample_of
from tests.training_tables import SPEC, columns, spec_file, table

_PYTHON = Path(__file__).parents[3] / ".venv-optbinning" / "bin" / "python"

needs_optbinning = pytest.mark.skipif(
    not _PYTHON.is_file(), reason="no .venv-optbinning: make optbinning"
)


def test_an_interpreter_without_it_is_refused(tmp_path: Path) -> None:
    """Before anything is trained, and with what to do."""
    with pytest.raises(TrainingRefused, match="make one by `make optbinning`: ModuleNotFoundError"):
        probe(Path(sys.executable))
    with pytest.raises(TrainingRefused, match="cannot be run: No such file"):
        probe(tmp_path / "python")


def test_a_failure_is_told(tmp_path: Path) -> None:
    """By its last line; nothing is compared."""
    sample = sample_of(read_spec(spec_file(tmp_path)), table())
    with pytest.raises(TrainingRefused, match="optbinning failed: ModuleNotFoundError"):
        by_optbinning(Path(sys.executable), sample, list(pairs_of(sample)))


@needs_optbinning
@pytest.mark.parametrize("weight", ["", "weight: mass\n"])
def test_it_ranks_the_same_rows(tmp_path: Path, weight: str) -> None:
    """Every fold, with categories, gaps, codes and weights; near to our own bins, and better than
    nothing.
    """
    found = columns() | {"mass": columns()["age"]}
    sample = sample_of(read_spec(spec_file(tmp_path, SPEC + weight)), table_of(found))
    cards = {entry["card"]: entry for entry in compared(sample, _PYTHON)}
    assert abs(cards[OPTBINNING]["auc"] - cards[CLASSICAL]["auc"]) < 0.03
    assert cards[OPTBINNING]["auc"] > 0.7


@needs_optbinning
def test_the_same_rows_give_the_same_margins(tmp_path: Path) -> None:
    """A report is the same bytes each time, so this is, too."""
    sample = sample_of(read_spec(spec_file(tmp_path)), table())
    pairs = list(pairs_of(sample))
    assert by_optbinning(_PYTHON, sample, pairs) == by_optbinning(_PYTHON, sample, pairs)
