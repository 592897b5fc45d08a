"""``touchstone graph verify`` and ``graph repair``: the whole graph against the ledger."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.api.graph_stores import retention_of
from engine.cli.command import OK, PROBLEM
from engine.cli.graph_site import Site, add_site, open_site, run_site
from engine.cli.progress import progress_bar
from engine.cli.shared import settings_of
from graph.repair import Repair, RepairReport
from graph.truth import Truth

if TYPE_CHECKING:
    from rich.progress import Progress

    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``graph verify`` and ``graph repair``."""
    for name, told, mend in (
        ("verify", "compare the whole graph with the ledger", False),
        ("repair", "the same, and mend what differs", True),
    ):
        parser = area.add_parser(name, help=told)
        add_site(parser)
        parser.set_defaults(run=_run, mend=mend)


def _run(options: argparse.Namespace) -> int:
    return run_site(_verify(options))


async def _verify(options: argparse.Namespace) -> int:
    async with open_site(settings_of(options)) as site:
        with progress_bar() as bar:
            report = await _compared(site, _follow(bar), mend=options.mend)
    _tell(report)
    return OK if report.is_mended else PROBLEM


async def _compared(
    site: Site, progress: Callable[[str, int], None], *, mend: bool
) -> RepairReport:
    cutoffs = retention_of(site.settings).cutoffs(time.time_ns() // 1000)
    data_dir = site.settings.storage.data_dir
    with tempfile.TemporaryDirectory(dir=data_dir, prefix="verify-") as scratch:
        async with site.store() as store:
            with Truth(Path(scratch) / "truth", site.bounds) as truth:
                work = Repair(store, truth, cutoffs, site.bounds, mend=mend, progress=progress)
                return await work.run(site.ledger)


def _follow(bar: Progress) -> Callable[[str, int], None]:
    tasks = {}

    def follow(what: str, done: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=None)
        bar.update(tasks[what], completed=done, description=f"{what}: {done}")

    return follow


def _tell(report: RepairReport) -> None:
    print(f"{report.applicants} applicants, {report.identifiers} identifiers compared")
    for what, count in sorted(report.found.items()):
        print(f"{count} times: {what}")
    for finding in report.first:
        print(f"{finding.what}: {finding.of}", file=sys.stderr)
    if report.found:
        print("mended" if report.is_mended else "touchstone graph repair mends this")
    else:
        print("the graph is what the ledger says")
