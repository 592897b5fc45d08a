"""Run by another interpreter, in which optbinning is installed: ``PYTHON -I FILE JOB RESULT``.

optbinning needs solvers and an older protobuf, so it never shares an environment with Touchstone;
this file imports nothing of it. ``JOB``: an npz of ``numbers`` (a column for each feature),
``categories`` (places of columns that hold codes of levels), ``labels``, perhaps ``weights``, and
for each fold ``train_0``, ``test_0``, ... ``RESULT``: ``margins_0``, ..., of the test rows.
"""

import sys
import warnings
from typing import Any

import numpy as np
import pandas as pd
from optbinning import BinningProcess
from sklearn.linear_model import LogisticRegression

_STEPS = 2_000


def main(job: str, result: str) -> None:
    """Fit and score each fold."""
    with np.load(job, allow_pickle=False) as given:
        found = dict(given)
    folds = sum(name.startswith("train_") for name in found)
    margins: dict[str, Any] = {f"margins_{n}": _margins(found, n) for n in range(folds)}
    np.savez(result, **margins)


def _margins(found: dict[str, np.ndarray], number: int) -> np.ndarray:
    """Of the test rows of one fold, by bins and weights of its training rows."""
    train, test = found[f"train_{number}"], found[f"test_{number}"]
    labels = found["labels"][train]
    weights = found["weights"][train] if "weights" in found else None
    names = [f"c{place}" for place in range(found["numbers"].shape[1])]
    process = BinningProcess(
        names, categorical_variables=[names[place] for place in found["categories"]]
    )
    process.fit(_frame(found, train), labels, sample_weight=weights)
    model = LogisticRegression(max_iter=_STEPS, random_state=0)
    model.fit(_woe(process, _frame(found, train)), labels, sample_weight=weights)
    return np.asarray(model.decision_function(_woe(process, _frame(found, test))))


def _frame(found: dict[str, np.ndarray], rows: np.ndarray) -> pd.DataFrame:
    """Numbers as they are; codes as texts, which optbinning takes for levels."""
    numbers = found["numbers"][rows].astype(np.float64)
    table = pd.DataFrame(numbers, columns=[f"c{place}" for place in range(numbers.shape[1])])
    for place in found["categories"]:
        codes = [f"level {code:.0f}" for code in numbers[:, place]]
        table[f"c{place}"] = np.array(codes, dtype=object)
    return table


def _woe(process: BinningProcess, rows: pd.DataFrame) -> np.ndarray:
    """Missing values by their own weight of evidence; optbinning's default, 0, is the average."""
    return np.asarray(process.transform(rows, metric="woe", metric_missing="empirical"))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(*sys.argv[1:])
