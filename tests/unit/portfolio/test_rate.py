"""The rating of many accounts at once is that of each alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from engine.outcome import ScoreResult
from engine.portfolio.loading import Loaded, load_review
from engine.portfolio.rate import PPM
from engine.portfolio.sample import write_sample
from engine.scoring import Scorecard
from engine.training.card import TableCard
from engine.training.read_spec import read_spec
from engine.training.train import train
from tests.portfolio_cases import DATA, HEAD, RULES, SHIPPED, accounts, bureau, policy_at, table
from tests.training_tables import columns, spec_file
from tests.training_tables import table as training_table


@pytest.fixture(scope="module")
def shipped() -> Loaded:
    """The shipped policy."""
    return load_review(SHIPPED)


def test_statements_give_what_the_card_says_of_each(tmp_path: Path, shipped: Loaded) -> None:
    """PD, points and the families of reasons, of 300 people; the PD rounded up to a millionth."""
    write_sample(tmp_path / "a.parquet", DATA, 300, seed=9)
    given = parquet.read_table(tmp_path / "a.parquet")
    found = shipped.rater.rate(accounts(shipped, given))
    families = found.families(np.arange(300))
    card = Scorecard.load(SHIPPED / "scorecards/card_bureau")
    for place, row in enumerate(given.to_pylist()):
        alone = card.score(bureau(row))
        assert isinstance(alone, ScoreResult)
        assert 0 <= found.pd_ppm[place] / PPM - alone.pd < 1 / PPM + 1e-12
        assert found.points.data[place] == alone.points
        assert families[place] == tuple(str(item.family) for item in alone.families)


def test_an_account_with_a_gap_in_its_statements_is_not_rated(
    tmp_path: Path, shipped: Loaded
) -> None:
    """And it is counted why."""
    write_sample(tmp_path / "a.parquet", DATA, 3, seed=9)
    given = parquet.read_table(tmp_path / "a.parquet").to_pylist()
    given[1]["payment_4_minor"] = None
    given[2]["limit_1_minor"] = 0
    schema = parquet.read_schema(tmp_path / "a.parquet")
    found = shipped.rater.rate(accounts(shipped, pa.Table.from_pylist(given, schema=schema)))
    assert found.known.tolist() == [True, False, False]
    assert found.unrated == {"thin_file": 1, "limit_unknown": 1}
    assert found.families(np.array([0, 1]))[1] == ()


def test_a_card_over_columns_of_the_file_rates_as_it_does_alone(tmp_path: Path) -> None:
    """Through the same gate: what it would refuse has no PD, and is counted."""
    file = spec_file(tmp_path)
    text = f"{HEAD}rules:\n{RULES}".replace("{pd_column: pd}", "{table: small}")
    root = policy_at(tmp_path / "policy", text)
    train(read_spec(file), training_table()).write(root / "scorecards/small", file)
    loaded = load_review(root)
    people = columns(40)
    people["inquiries"][:3] = 99
    names = ("income", "balance", "limit", "late", "inquiries", "job")
    rows = [{name: _plain(people[name][place]) for name in names} for place in range(40)]
    types = {name: pa.float64() for name in names[:-1]} | {"job": pa.string(), "late": pa.int64()}
    given = table(*rows, types=types)
    found = loaded.rater.rate(accounts(loaded, given))
    card = TableCard.load(root / "scorecards/small")
    assert found.known.sum() == 37
    assert sum(found.unrated.values()) == 3
    families = found.families(np.arange(40))
    for place, row in enumerate(rows):
        alone = card.score(row)
        assert isinstance(alone, ScoreResult) == found.known[place]
        if isinstance(alone, ScoreResult):
            assert 0 <= found.pd_ppm[place] / PPM - alone.pd < 1 / PPM + 1e-12
            assert found.points.data[place] == alone.points
            assert families[place] == tuple(item.family for item in alone.families)


def _plain(value: object) -> float | str | None:
    if isinstance(value, str):
        return value
    number = float(value)  # type: ignore[arg-type]
    return None if np.isnan(number) else number
