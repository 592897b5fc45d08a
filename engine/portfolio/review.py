"""A whole review: accounts and a policy in, proposals, manifest and reports out.

It only proposes: no line is changed by it.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from engine.portfolio.accounts import RowFault
from engine.portfolio.choosing import choose
from engine.portfolio.errors import ReviewRefused
from engine.portfolio.gathered import gather
from engine.portfolio.loading import Loaded, load_review
from engine.portfolio.policy import Budget, BudgetName
from engine.portfolio.proposals import write_proposals
from engine.portfolio.reading import Opened, batches, digest_of, open_accounts
from engine.portfolio.report_html import page
from engine.portfolio.report_text import as_text
from engine.portfolio.summary import Summary, summarise

PROPOSALS, MANIFEST, SKIPPED = "proposals.parquet", "manifest.json", "skipped.csv"
REPORT_TEXT, REPORT_HTML = "report.txt", "report.html"
FORMAT_VERSION = 1
#: Faults that are named when a file is refused.
SHOWN = 20

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What came out. ``seconds``: of each stage, for people; it stands in no file."""

    summary: Summary
    files: tuple[Path, ...]
    seconds: dict[str, float]


def review(
    accounts: Path,
    policy: Path,
    out: Path,
    *,
    budgets: Sequence[Budget] = (),
    skip_bad: bool = False,
    processes: int = 1,
    progress: Progress = lambda _done, _all: None,
) -> Review:
    """Review the accounts of a file into the new directory ``out``, whole or not at all.

    ``budgets`` take the place of those of the same name in the policy. Raises ``ReviewRefused``,
    ``PolicyError``, ``FileExistsError`` if ``out`` is there, ``OSError``.
    """
    if out.exists():
        raise FileExistsError(out)
    clock = _Stages()
    loaded = load_review(policy)
    opened = open_accounts(accounts, loaded)
    digest = digest_of(accounts)
    clock.end("opened")
    found = gather(batches(opened, policy, loaded, processes, progress), opened.rows)
    if found.faults and not skip_bad:
        raise ReviewRefused(_told(accounts, found.faults))
    if not found.rows:
        raise ReviewRefused(f"{accounts}: not one account is in order")
    clock.end("rated and judged")
    wanted = _budgets(loaded, budgets)
    chosen = choose(loaded.policy, wanted, found)
    clock.end("chosen")
    summary = summarise(loaded, found, chosen, absent=opened.absent, ignored=opened.ignored)
    clock.end("summed")
    draft = out.with_name(f"{out.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        write_proposals(draft / PROPOSALS, loaded, found, chosen)
        _write(draft / MANIFEST, _manifest(loaded, opened, digest, summary, draft / PROPOSALS))
        _write(draft / REPORT_TEXT, as_text(summary))
        _write(draft / REPORT_HTML, page(summary))
        if skip_bad:
            _write_skipped(draft / SKIPPED, found.faults)
        draft.replace(out)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    clock.end("written")
    return Review(summary=summary, files=tuple(sorted(out.iterdir())), seconds=clock.seconds)


class _Stages:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since = time.monotonic()

    def end(self, stage: str) -> None:
        now = time.monotonic()
        self.seconds[stage] = now - self._since
        self._since = now


def _budgets(loaded: Loaded, given: Sequence[Budget]) -> list[Budget]:
    """In the fixed order of names, those given now before those of the policy."""
    every = {budget.name: budget for budget in (*loaded.policy.budgets, *given)}
    return [every[name] for name in BudgetName if name in every]


def _told(path: Path, faults: Sequence[RowFault]) -> str:
    rows = len({fault.row for fault in faults})
    lines = [f"{path}: {fault}" for fault in faults[:SHOWN]]
    if len(faults) > SHOWN:
        lines.append(f"and {len(faults) - SHOWN:,} more")
    hint = "mend them, or give --skip-bad to leave these accounts out and list them"
    return "\n".join([*lines, f"{rows:,} rows are not in order: {hint}"])


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _write_skipped(path: Path, faults: Sequence[RowFault]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("row", "column", "problem"))
        rows.writerows((fault.row, fault.column, fault.text) for fault in faults)


def _manifest(
    loaded: Loaded, opened: Opened, digest: str, summary: Summary, proposals: Path
) -> str:
    found: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "touchstone_version": version("touchstone"),
        "accounts_sha256": digest,
        "accounts_in_file": opened.rows,
        "accounts_reviewed": summary.total.accounts,
        "accounts_skipped": summary.skipped,
        "columns_not_read": list(opened.ignored),
        "columns_absent": list(opened.absent),
        "policy_digest": loaded.bundle.digest,
        "model_digests": list(loaded.rater.digests),
        "currency": loaded.currency,
        "budgets": [asdict(budget) for budget in summary.budgets],
        "value_minor": summary.value,
        "bound_minor": summary.bound,
        "gap": summary.gap,
        "actions": {action.value: count for action, count in summary.total.actions.items()},
        "proposals_sha256": digest_of(proposals),
        "versions": {name: version(name) for name in ("numpy", "pyarrow", "scipy", "xgboost-cpu")},
    }
    return json.dumps(found, indent=1) + "\n"
