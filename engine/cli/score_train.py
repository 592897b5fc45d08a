"""``touchstone score train``: a scorecard from a spec and a table."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.command import OK, PROBLEM, USAGE
from engine.cli.progress import progress

if TYPE_CHECKING:
    from engine.cli.command import Area
    from engine.scoring.manifest import CrossValidation
    from engine.training import Spec, Table, Trained


def add(area: Area) -> None:
    """Add ``score train``."""
    parser = area.add_parser("train", help="train a scorecard from a spec and a table")
    parser.add_argument("spec", type=Path, metavar="SPEC.yaml")
    parser.add_argument("--data", type=Path, help="the table; default: as the spec names it")
    parser.add_argument("--out", type=Path, help="directory of the model, made if it is not there")
    parser.add_argument(
        "--check", action="store_true", help="read the spec and the table, and train nothing"
    )
    parser.add_argument(
        "--verify", action="store_true", help="train again and compare with the bytes in --out"
    )
    parser.add_argument(
        "--report",
        type=Path,
        help="directory for report.html, report.json, model_card.md and plots/",
    )
    parser.add_argument(
        "--champion", type=Path, help="report.json of the model in use, to be compared with"
    )
    parser.add_argument(
        "--optbinning",
        type=Path,
        metavar="PYTHON",
        help="an interpreter with optbinning (make optbinning), for the comparison in the report",
    )
    parser.add_argument("--rows", type=int, help="use only the first rows, to try things out")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.out is None and not options.check:
        print("--out must name the directory of the model", file=sys.stderr)
        return USAGE
    if options.rows is not None and options.rows < 1:
        print("--rows must be 1 or more", file=sys.stderr)
        return USAGE
    if options.champion is not None and options.report is None:
        print("--champion is compared with in the report: give --report too", file=sys.stderr)
        return USAGE
    if options.optbinning is not None and options.report is None:
        print("--optbinning is compared with in the report: give --report too", file=sys.stderr)
        return USAGE
    # Idle threads cost more than they bring, and must be told before numpy is loaded.
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        import sklearn  # noqa: F401 - is it there?
    except ModuleNotFoundError:
        print("training needs scikit-learn: pip install 'touchstone[train]'", file=sys.stderr)
        return PROBLEM
    return _train(options)


def _train(options: argparse.Namespace) -> int:
    from engine.training import read_spec, read_table
    from engine.training.doubts import doubts
    from engine.training.optbinning import probe
    from engine.training.sample import outcomes, periods, sample_of

    spec = read_spec(options.spec)
    table = read_table(options.data or options.spec.parent / spec.data.file, spec.data)
    if options.rows is not None:
        table = table.head(options.rows)
    if options.check:
        sample = sample_of(spec, table)
        print(f"{table.source}: {len(sample.labels):,} rows, {sample.labels.mean():.4f} bad")
        for value, rows, bad in outcomes(sample):
            print(f"  {spec.target.column} {value}: {rows:,} rows, {'bad' if bad else 'good'}")
        for why, rows in sample.left_out:
            print(f"  left out: {rows:,} rows, {why}")
        for what, first, last, rows in periods(sample):
            print(f"  {what}: {first} to {last}, {rows:,} rows")
        left_open = doubts(spec)
        print("\n".join(f"warning: {text}" for text in left_open), end="\n" * bool(left_open))
        ready = "can be trained, but is not complete" if left_open else "ready to train"
        print(f"{spec.card}: {len(sample.features)} features, {ready}")
        return OK
    champion = None if options.champion is None else _champion(options.champion)
    if options.optbinning is not None:
        probe(options.optbinning)
    trained = _trained(spec, table)
    print_measures(trained.manifest.cross_validation)
    code = (_verify if options.verify else _write)(options, trained)
    if options.report is not None:
        _report(options, trained, champion)
    return code


def _champion(file: Path) -> dict[str, Any]:
    from engine.training.report import REPORT_VERSION
    from engine.training.table import TrainingRefused

    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingRefused(f"{file}: cannot be read as a report.json: {error}") from None
    if not isinstance(found, dict) or found.get("version") != REPORT_VERSION:
        raise TrainingRefused(f"{file}: is not a report.json of version {REPORT_VERSION}")
    if found.get("discrimination") is None:
        raise TrainingRefused(f"{file}: its card was measured on too few rows to compare with")
    return found


def _report(options: argparse.Namespace, trained: Trained, champion: dict[str, Any] | None) -> None:
    from engine.training.findings import lines
    from engine.training.page import PLOTS, model_card, page
    from engine.training.plots import plots
    from engine.training.report import as_json, report

    data = "" if options.data is None else f" --data {options.data.name}"
    rows = "" if options.rows is None else f" --rows {options.rows}"
    command = f"touchstone score train {options.spec.name}{data}{rows} --out DIR --verify"
    found = report(trained, command, champion, options.optbinning)
    drawn = plots(found, trained)
    files = {
        "report.json": as_json(found),
        "report.html": page(found, drawn),
        "model_card.md": model_card(found, drawn),
        **{f"{PLOTS}/{name}.svg": str(drawing) for name, _, drawing in drawn},
    }
    (options.report / PLOTS).mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (options.report / name).write_text(text, encoding="utf-8")
    _print_compared(trained.manifest.cross_validation, found["baselines"])
    print(f"the report is in {options.report / 'report.html'}")
    print("\n".join(lines(found["findings"])))


def _print_compared(ours: CrossValidation, others: Sequence[dict[str, Any]]) -> None:
    """The card beside what it is compared with: means over the same folds."""
    print("on the same rows                        AUC     KS  Brier")
    mean = {"auc": ours.auc_mean, "ks": ours.ks_mean, "brier": ours.brier_mean}
    for entry in ({"card": "this card", **mean}, *others):
        print(f"{entry['card']:36} {entry['auc']:6.4f} {entry['ks']:6.4f} {entry['brier']:6.4f}")


def _trained(spec: Spec, table: Table) -> Trained:
    from engine.training import train

    with progress("training, trials") as told:
        return train(spec, table, told)


def print_measures(measures: CrossValidation) -> None:
    """Print one line for each fold, then mean and standard deviation."""
    print("fold    AUC     KS  Brier")
    for i, row in enumerate(zip(measures.auc, measures.ks, measures.brier, strict=True), 1):
        print(f"{i:4} " + " ".join(f"{value:6.4f}" for value in row))
    print(f"mean {measures.auc_mean:6.4f} {measures.ks_mean:6.4f} {measures.brier_mean:6.4f}")
    print(f"  sd {measures.auc_sd:6.4f} {measures.ks_sd:6.4f} {measures.brier_sd:6.4f}")


def _write(options: argparse.Namespace, trained: Trained) -> int:
    from engine.scoring.manifest import MODEL

    trained.write(options.out, options.spec)
    manifest = trained.manifest
    print(f"{options.out / MODEL}: {manifest.trees} trees, sha256 {manifest.model_sha256}")
    return OK


def _verify(options: argparse.Namespace, trained: Trained) -> int:
    same = True
    for name, fresh in trained.files(options.spec).items():
        file = options.out / name
        old = sha256(file.read_bytes()).hexdigest() if file.is_file() else "is not there"
        new = sha256(fresh).hexdigest()
        same = same and old == new
        print(f"{name}: {'same' if old == new else 'DIFFERENT'}  {old}  {new}")
    return OK if same else PROBLEM
