"""``touchstone graph load FILES``: history that the bank already has, into ledger and graph."""

from __future__ import annotations

import argparse
import re
import sys
import time
from datetime import timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.command import OK, PROBLEM
from engine.cli.graph_site import Site, add_site, open_site, run_site
from engine.cli.progress import follow, progress_bar
from engine.cli.shared import settings_of
from engine.load import (
    ColumnsError,
    Converter,
    Layout,
    Loader,
    LoadReport,
    Rejects,
    Source,
    layout_of,
    open_source,
)
from engine.privacy import Tokeniser
from graph.catch_up import catch_up

if TYPE_CHECKING:
    from engine.cli.command import Area

_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
_DAY_MINUTES = 24 * 60


def add(area: Area) -> None:
    """Add ``graph load``."""
    parser = area.add_parser(
        "load",
        help="load applications, fraud marks and shared identifiers from CSV or Parquet",
        description="Each file is of one kind, which its columns tell: see docs/graph.md. A second "
        "load of the same lines changes nothing; an interrupted one is gone on with.",
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help=".csv or .parquet")
    add_site(parser)
    parser.add_argument("--check", action="store_true", help="only tell what is wrong")
    parser.add_argument("--rejects", type=Path, help="write every problem to this CSV file")
    parser.add_argument(
        "--max-rejects", type=int, default=1000, help="rejected lines before it stops (1000)"
    )
    parser.add_argument("--utc-offset", type=_zone, help="of times without one, such as +08:00")
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="COLUMN", help="a column to pass over"
    )
    parser.set_defaults(run=_run, usage_error=parser.error)


def _zone(text: str) -> timezone:
    match = _OFFSET.fullmatch(text)
    minutes = int(match[2]) * 60 + int(match[3]) if match else _DAY_MINUTES
    if match is None or minutes >= _DAY_MINUTES:
        raise argparse.ArgumentTypeError("must be an offset such as +08:00")
    return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))


def _run(options: argparse.Namespace) -> int:
    if options.max_rejects < 0:
        options.usage_error("--max-rejects must be 0 or more")
    if options.rejects is not None and not options.rejects.parent.is_dir():
        options.usage_error(f"--rejects: there is no directory {options.rejects.parent}")
    return run_site(_load(options))


async def _load(options: argparse.Namespace) -> int:
    files = [_opened(path, options.ignore) for path in options.files]
    settings = settings_of(options)
    with Rejects(options.rejects, most=options.max_rejects) as rejects:
        async with open_site(settings, create=not options.check) as site:
            try:
                report = await _record(site, files, rejects, options)
            finally:
                _tell_rejects(rejects, options.rejects)
            print(_told(report, dry=options.check))
            if not options.check:
                await _project(site)
    return PROBLEM if report.rejected else OK


def _opened(path: Path, ignored: list[str]) -> tuple[Source, Layout]:
    source = open_source(path)
    try:
        return source, layout_of(source.columns, ignored)
    except ColumnsError as error:
        raise ColumnsError(f"{path}: {error}") from None


async def _record(
    site: Site,
    files: list[tuple[Source, Layout]],
    rejects: Rejects,
    options: argparse.Namespace,
) -> LoadReport:
    now_us = time.time_ns() // 1000
    region = site.settings.sources.phone_region
    converter = Converter(
        tokeniser=Tokeniser(site.keyring.token_key, default_region=region),
        now_us=now_us,
        zone=options.utc_offset,
        most_links=site.bounds.links_per_application,
    )
    at_us = max(now_us, await site.ledger.last_at_us())
    loader = Loader(site.ledger, converter, rejects, at_us=at_us, dry=options.check)
    with progress_bar() as bar:
        for source, layout in files:
            await loader.load(source, layout, follow(bar, source.name, source.total))
    return loader.report


def _tell_rejects(rejects: Rejects, path: Path | None) -> None:
    for problem in rejects.first:
        print(problem, file=sys.stderr)
    if rejects.lines:
        where = f"all of them are in {path}" if path else "--rejects FILE writes all of them"
        print(f"{rejects.lines} lines rejected; {where}", file=sys.stderr)


def _told(report: LoadReport, *, dry: bool) -> str:
    done = "would be recorded" if dry else "recorded"
    return (
        f"{report.recorded} lines {done}, {report.known} known before, {report.rejected} rejected"
    )


async def _project(site: Site) -> None:
    """What the server would do at its next start; here there is nobody to wait for it."""
    async with site.store() as store:
        last = site.ledger.last_position
        with progress_bar() as bar:
            await catch_up(site.ledger, store, progress=follow(bar, "projecting", last))
        counts = await store.counts(timeout_s=600)
    print(
        f"the graph holds {counts.applicants} applicants, {counts.identifiers} identifiers, "
        f"{counts.links} links"
    )
