"""What ``touchstone generate`` writes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from pyarrow import parquet

from engine.cli import main
from engine.generate import Settings, files, generate, graph_events
from engine.generate.files import Target, write
from engine.privacy import Keyring, Tokeniser
from graph.model import ApplicationProjected

SMALL = Settings(seed=3, applicants=300, rings=4)


def _truth(directory: Path) -> list[dict[str, str]]:
    with (directory / files.TRUTH).open(encoding="utf-8") as rows:
        return list(csv.DictReader(rows))


def test_requests_and_truth_stand_line_by_line(tmp_path: Path) -> None:
    """The same order, the same ids; the manifest says how to repeat it."""
    write(tmp_path / "out", SMALL)
    lines = (tmp_path / "out" / files.REQUESTS).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["request_id"] for line in lines] == [
        row["request_id"] for row in _truth(tmp_path / "out")
    ]
    manifest = json.loads((tmp_path / "out" / files.MANIFEST).read_text(encoding="utf-8"))
    assert (manifest["seed"], manifest["applicants"], manifest["rings"]) == (3, 300, 4)


@pytest.mark.parametrize("target", [Target.CSV, Target.PARQUET])
def test_rows_hold_what_the_events_hold(tmp_path: Path, target: Target) -> None:
    """Each link of each application, as a token of the given keys; a mark for each fraud."""
    keys = tmp_path / "keys"
    tokens = Tokeniser(Keyring.open(keys, ledger_exists=False).token_key)
    out = tmp_path / "out"
    write(out, SMALL, target, keys=keys)
    rows = _rows(out, "links", target)
    expected = [
        (event.applicant, str(event.at_us), link.role.value, link.identifier.key)
        for event in graph_events(SMALL, tokens)
        if isinstance(event, ApplicationProjected)
        for link in event.links
    ]
    # Marks take moments of their own among the events, so a time may be a microsecond off.
    assert [(r["application"], r["role"], r["key"]) for r in rows] == [
        (applicant, role, key) for applicant, _, role, key in expected
    ]
    frauds = {item.request.request_id for item in generate(SMALL) if item.truth.fraud}
    assert {row["application"] for row in _rows(out, "marks", target)} == frauds


def _rows(out: Path, name: str, target: Target) -> list[dict[str, str]]:
    if target is Target.CSV:
        with (out / f"{name}.csv").open(encoding="utf-8") as rows:
            return list(csv.DictReader(rows))
    table = parquet.read_table(out / f"{name}.parquet").to_pylist()
    return [{column: str(value) for column, value in row.items()} for row in table]


def test_files_are_the_same_when_repeated(tmp_path: Path) -> None:
    """Byte by byte."""
    for name in ("one", "two"):
        write(tmp_path / name, SMALL)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_nothing_is_overwritten_and_nothing_left_half(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A directory that is there is refused; one that failed is gone."""
    out = tmp_path / "out"
    assert main(["generate", str(out), "--applicants", "60"]) == 0
    assert main(["generate", str(out), "--applicants", "60"]) == 1
    assert "is there already" in capsys.readouterr().err

    def stop(done: int) -> None:
        if done == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "other", SMALL, progress=stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["--applicants", "3"], "applicants must be"),
        (["--keys", "keys"], "requests hold no tokens"),
    ],
)
def test_a_wrong_option_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    """With what to do, and exit code 2."""
    assert main(["generate", str(tmp_path / "out"), *arguments]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
