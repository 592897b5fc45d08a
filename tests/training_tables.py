"""A small table of made-up applicants, and specs over it."""

from pathlib import Path

import numpy as np

from engine.training import Table, table_of

SPEC = """\
card: small
description: made up
data: {file: small.csv, name: made up, licence: none needed}
target: {column: outcome, bad: ["1"], meaning: did not repay}
features:
  - {feature: income, sign: -1, range: [0, 50000], missing: worst, family: income}
  - {feature: utilisation, of: balance / limit, sign: 1, range: [0, 2], family: debt}
  - {feature: late, sign: 1, range: [0, 9], missing: 0, special: {-7: best, 99: worst}, family: pay}
  - {feature: inquiries, range: [0, 30], missing: separate, outside: refuse, family: debt,
     special: {-8: separate, -9: separate}}
  - {feature: job, type: category, missing: separate, family: income}
protected:
  - {name: sex, column: sex}
  - {name: age, column: age, cuts: [30, 50]}
segments:
  - {segment: never late, when: late == 0}
split: {folds: 3, seed: 5}
tuning: {configurations: 2, rounds: 60, patience: 10}
limits: [Nobody in it exists.]
"""


def columns(rows: int = 900, seed: int = 3) -> dict[str, np.ndarray]:
    """Columns with gaps, codes and a category; the outcome follows them with noise."""
    chance = np.random.default_rng(seed)
    income = chance.integers(1_000, 40_000, rows).astype(float)
    limit = chance.integers(2_000, 30_000, rows).astype(float)
    balance = np.round(limit * chance.random(rows) * 1.1)
    late = chance.choice([0, 0, 0, 1, 2, 4], rows).astype(float)
    jobs = np.array(["clerk", "driver", "doctor", "student"], dtype=object)
    job = chance.integers(0, 4, rows)
    risk = 2 * balance / limit + 0.6 * late - income / 15_000 + (job == 3) - 1.8
    outcome = (chance.random(rows) < 1 / (1 + np.exp(-risk))).astype(int)
    income[chance.random(rows) < 0.1] = np.nan
    late[:20], late[20:30] = -7, 99
    inquiries = chance.integers(0, 12, rows).astype(float)
    inquiries[chance.random(rows) < 0.2] = np.nan
    inquiries[40:80], inquiries[80:120] = -8, -9
    return {
        "outcome": outcome,
        "income": income,
        "balance": balance,
        "limit": limit,
        "late": late,
        "inquiries": inquiries,
        "job": jobs[job],
        "sex": chance.choice(np.array(["f", "m"], dtype=object), rows),
        "age": chance.integers(18, 75, rows),
        "month": np.array([f"2025-{1 + 12 * i // rows:02d}" for i in range(rows)], dtype=object),
    }


def table(rows: int = 900, seed: int = 3) -> Table:
    """The columns as a table."""
    return table_of(columns(rows, seed), "small.csv")


def spec_file(directory: Path, text: str = SPEC) -> Path:
    """A spec in a file."""
    file = directory / "small.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def csv_file(directory: Path) -> Path:
    """The table as CSV."""
    found = columns()
    rows = zip(*(values.tolist() for values in found.values()), strict=True)
    lines = [",".join(found), *(",".join(map(_cell, row)) for row in rows)]
    file = directory / "small.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _cell(value: object) -> str:
    return "" if isinstance(value, float) and np.isnan(value) else str(value)
