"""A draft of a spec: what can be seen in a table, and nothing that cannot."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from engine.cli import main
from engine.training import Spec, TrainingRefused, read_spec, read_table
from engine.training.doubts import doubts
from engine.training.draft import draft
from engine.training.sample import Sample, sample_of
from engine.training.spec import Kind, Missing

_ROWS = 300


def text_table() -> str:
    """Numbers, gaps, codes, levels, a number of the row, and columns that say nothing."""
    chance = np.random.default_rng(1)
    lines = ["No.;Umsatz, EUR;Alter;Stadt;const;leer;Codes;class;y"]
    for row in range(_ROWS):
        amount = "NA" if row % 9 == 0 else f"{chance.integers(1, 99)},5"
        code = (-9, 998, int(chance.integers(0, 30)))[min(row % 7, 2)]
        city = ("Zürich", "Genève", "Bern")[row % 3]
        cells = (row, amount, 20 + row % 50, city, 7, "", code, row % 4, "Bad" if row % 5 else "Ok")
        lines.append(";".join(map(str, cells)))
    return "\n".join(lines) + "\n"


def drafted(path: Path, target: str = "y", *bad: str) -> tuple[Spec, Sample]:
    """The draft as a spec, and its table as it sees it: it is ready to train."""
    file = path.with_suffix(".yaml")
    file.write_text(draft(path, target, bad), encoding="utf-8")
    spec = read_spec(file)
    return spec, sample_of(spec, read_table(path, spec.data))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_draft_reads_its_table(tmp_path: Path, encoding: str) -> None:
    """Separator, encoding, decimal mark, gaps and codes are found, whatever the file is like."""
    path = tmp_path / "table.csv"
    path.write_bytes(text_table().encode(encoding))
    spec, sample = drafted(path)
    amount, _, city, code, column = spec.features
    assert (amount.name, amount.missing, amount.high) == ("umsatz_eur", Missing.SEPARATE, 98.5)
    assert (city.kind, sample.prepared.levels[2][0]) == (Kind.CATEGORY, "Zürich")
    assert code.special == ((-9.0, Missing.SEPARATE), (998.0, Missing.SEPARATE))
    assert (code.low, code.high) == (0.0, 29.0)
    assert column.name == "column_8"
    assert [attribute.name for attribute in spec.protected] == []
    assert [text.partition(" ")[0] for text in spec.excluded] == ["column_1", "const", "leer"]
    assert spec.target.bad == ("Ok",)


def test_a_draft_of_parquet_keeps_protected_columns_out(tmp_path: Path) -> None:
    """Types that are no numbers are left out, truths are an outcome, dates are a time."""
    path = tmp_path / "table.parquet"
    days = [date(2025, 1, 1) + timedelta(days=row) for row in range(_ROWS)]
    columns = {
        "income": pa.array([row * 7 % 100 for row in range(_ROWS)]),
        "age": pa.array([20 + row * 11 % 50 for row in range(_ROWS)]),
        "day": pa.array(days),
        "person": pa.array([f"p{row}" for row in range(_ROWS)]),
        "nested": pa.array([[row] for row in range(_ROWS)]),
        "default": pa.array([row % 4 == 0 for row in range(_ROWS)]),
    }
    parquet.write_table(pa.table(columns), path)
    spec, sample = drafted(path, "default")
    assert [feature.name for feature in spec.features] == ["income"]
    assert [(p.name, p.cuts) for p in spec.protected] == [("age", (25.0, 35.0, 45.0, 60.0))]
    assert [text.partition(" ")[0] for text in spec.excluded] == ["day", "person", "nested"]
    assert int(sample.labels.sum()) == _ROWS // 4


def test_an_unclear_outcome_is_asked_for(tmp_path: Path) -> None:
    """Nobody guesses which of four values is bad; told, it is taken."""
    path = tmp_path / "table.csv"
    path.write_text(text_table(), encoding="utf-8")
    with pytest.raises(TrainingRefused, match="has 4 values; say which are bad: --bad VALUE"):
        draft(path, "class")
    assert drafted(path, "class", "1", "2")[0].target.bad == ("1", "2")
    with pytest.raises(TrainingRefused, match="no row, or every row, is bad"):
        draft(path, "class", ("9",))
    with pytest.raises(TrainingRefused, match="has no column 'z'"):
        draft(path, "z")


def test_the_command_never_overwrites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A spec that somebody completed is worth more than a draft."""
    path, out = tmp_path / "table.csv", tmp_path / "table.yaml"
    path.write_text(text_table(), encoding="utf-8")
    arguments = ["score", "spec", str(path), "--target", "y", "--out", str(out)]
    assert main(arguments) == 0
    assert f"touchstone score train {out} --check" in capsys.readouterr().out
    assert main(["score", "train", str(out), "--check"]) == 0
    assert main(arguments) == 1
    assert "is not overwritten" in capsys.readouterr().err


def test_an_untouched_draft_is_not_called_ready(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its texts, signs and families would stand in the report as if somebody had meant them."""
    path, out = tmp_path / "table.csv", tmp_path / "table.yaml"
    path.write_text(text_table(), encoding="utf-8")
    out.write_text(draft(path, "y"), encoding="utf-8")
    assert main(["score", "train", str(out), "--check"]) == 0
    told = capsys.readouterr().out
    for key in ("description", "data.licence", "target.meaning", "limits"):
        assert f"warning: `{key}` is still the text of the draft" in told
    assert "No feature has a `sign`" in told
    assert "Every `family` is `other`" in told
    assert "can be trained, but is not complete" in told
    spec = read_spec(out)
    assert len(doubts(spec)) == 6
    done = replace(
        spec,
        description="late",
        data=replace(spec.data, licence="ours"),
        target=replace(spec.target, meaning="ninety days past due"),
        features=tuple(replace(f, sign=1, family="debt") for f in spec.features),
        limits=(),
    )
    assert doubts(done) == ()


def test_a_draft_counts_its_codes(tmp_path: Path) -> None:
    """What to do with a code depends on how many have it, and how they paid."""
    path = tmp_path / "table.csv"
    path.write_text(text_table(), encoding="utf-8")
    text = draft(path, "y")
    assert "; -9: 43 rows, 0.209 bad; 998: 43 rows, 0.209 bad" in text
    assert "A `sign` excludes `separate`" in text.partition("card:")[0]


def test_a_draft_tells_rows_of_which_nothing_is_known(tmp_path: Path) -> None:
    """A code in every number that has codes: an application without a file."""
    path = tmp_path / "table.csv"
    lines = ["a,b,c,y"]
    for row in range(_ROWS):
        first, second = (-9, -9) if row < 10 else (row % 13, -9 if row == 20 else row % 17)
        lines.append(f"{first},{second},{row * 7 % 100},{row % 3 % 2}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = "10 rows (0.300 bad) hold a code in every number that has codes: consider excluding them"
    assert f"# {told}" in draft(path, "y")
    path.write_text("\n".join(lines[:1] + lines[11:]) + "\n", encoding="utf-8")
    assert "consider excluding" not in draft(path, "y")


def test_few_whole_numbers_may_be_levels(tmp_path: Path) -> None:
    """A coded branch reads like an amount; two values are the same either way."""
    path = tmp_path / "table.csv"
    lines = ["branch,flag,amount,y"]
    lines += [f"{row % 4},{row % 2},{row * 7 % 100},{row % 3 % 2}" for row in range(_ROWS)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    hinted = [line for line in draft(path, "y").splitlines() if "perhaps `type: category`" in line]
    assert len(hinted) == 1
    assert "feature: branch" in hinted[0]


def test_marks_for_thousands_are_told(tmp_path: Path) -> None:
    """Such a column is not read as decimals, and not as names of people."""
    chance = np.random.default_rng(2)
    rows = "".join(
        f"{n // 1000},{n % 1000:03}\t{n % 997}.5\t{row % 2}\n"
        for row, n in enumerate(chance.integers(1_000, 9_999, _ROWS).tolist())
    )
    path = tmp_path / "us.tsv"
    path.write_text("income\tother\ty\n" + rows, encoding="utf-8")
    spec, _ = drafted(path)
    assert [feature.name for feature in spec.features] == ["other"]
    assert spec.data.decimal == "."
    (unused,) = spec.excluded
    assert unused == "income (numbers with a mark for thousands: write them without it)"


def test_chinese_files_are_read_as_such(tmp_path: Path) -> None:
    """Without a mark of their encoding; the guess is said to be one."""
    levels = ("高中", "硕士", "本科")
    cells = ((levels[n % 3], n % 7, "坏" if n % 4 else "好") for n in range(_ROWS))
    rows = "".join(f"{level},{number},{outcome}\n" for level, number, outcome in cells)
    path = tmp_path / "gbk.csv"
    path.write_bytes(("学历,n,结果\n" + rows).encode("gbk"))
    _, sample = drafted(path, "结果", "坏")
    assert "encoding: gb18030  # a guess" in path.with_suffix(".yaml").read_text("utf-8")
    assert set(sample.table.texts("column_1").tolist()) == set(levels)


def test_two_columns_that_differ_in_case_keep_their_values(tmp_path: Path) -> None:
    """Each has a name of its own."""
    rows = "".join(f"{n % 50},{n % 7},{n % 4 == 0:d}\n" for n in range(_ROWS))
    path = tmp_path / "case.csv"
    path.write_text("Income,income,y\n" + rows, encoding="utf-8")
    spec, sample = drafted(path)
    assert [feature.name for feature in spec.features] == ["income", "income_2"]
    assert sample.prepared.numbers.max(axis=0).tolist() == [49.0, 6.0]


def test_a_number_that_rises_from_row_to_row_is_no_feature(tmp_path: Path) -> None:
    """It numbers people, in whatever steps."""
    rows = "".join(f"{1000 + 3 * n},{n % 7},{n % 4 == 0:d}\n" for n in range(_ROWS))
    path = tmp_path / "ids.csv"
    path.write_text("loan_id,n,y\n" + rows, encoding="utf-8")
    spec, _ = drafted(path)
    assert [feature.name for feature in spec.features] == ["n"]
