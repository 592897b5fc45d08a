from pathlib import Path

import pytest

from engine.training import read_spec
from tests.bench.models.__main__ import NAMES, main

_SPECS = Path(__file__).parents[2] / "bench" / "models"


def test_sets_that_are_not_there_are_skipped_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A clear line each, and no failure."""
    assert main([str(tmp_path)]) == 0
    told = capsys.readouterr().out
    for name in NAMES:
        assert f"{name:<13}skipped: {read_spec(_SPECS / f'{name}.yaml').data.file}" in told


def test_a_directory_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """With what to say instead."""
    assert main(["/nowhere/at/all"]) == 2
    assert "make bench-models DATA=DIR" in capsys.readouterr().out


def test_no_spec_reads_a_protected_attribute_or_lacks_a_licence() -> None:
    """Public data, used as its terms allow."""
    for name in NAMES:
        spec = read_spec(_SPECS / f"{name}.yaml")
        assert spec.data.licence
        assert spec.card == name
