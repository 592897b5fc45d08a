"""``touchstone graph rings``: search for rings over all that is recorded, and tell what is new."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.table import Table

from engine.cli.command import OK
from engine.cli.graph_site import (
    Site,
    add_site,
    follow,
    open_site,
    progress_bar,
    run_site,
    settings_of,
)
from engine.rings import Alert, Found, NobodyDecides, Report, record, search, would_record
from graph.catch_up import catch_up
from graph.rings import STEPS, RingSettings

if TYPE_CHECKING:
    from rich.progress import Progress

    from engine.cli.command import Area

_MOST_SHOWN = 1000


def add(area: Area) -> None:
    """Add ``graph rings``."""
    parser = area.add_parser(
        "rings",
        help="search for fraud rings, write them back, and raise alerts",
        description="Decisions that come after it see the rings. An alert is raised, once, for "
        "each earlier decision that approved or referred a member of a ring with a high score. "
        "See docs/rings.md.",
    )
    add_site(parser)
    parser.add_argument("--dry-run", action="store_true", help="only tell what would be written")
    parser.add_argument(
        "--alarm-score",
        type=_score,
        default=RingSettings().alarm_score,
        help=f"rings from this score on raise alerts ({RingSettings().alarm_score})",
    )
    parser.add_argument("--top", type=_count, default=20, help="rings and alerts shown (20)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=_run)


def _score(text: str) -> int:
    return _within(text, 1, 100)


def _count(text: str) -> int:
    return _within(text, 1, _MOST_SHOWN)


def _within(text: str, low: int, high: int) -> int:
    if not text.isdecimal() or not low <= int(text) <= high:
        raise argparse.ArgumentTypeError(f"must be a number from {low} to {high}")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    return run_site(_search(options))


async def _search(options: argparse.Namespace) -> int:
    settings = RingSettings(alarm_score=options.alarm_score)
    async with open_site(settings_of(options)) as site:
        now_us = max(time.time_ns() // 1000, await site.ledger.last_at_us() + 1)
        with progress_bar() as bar:
            found = await search(
                site.ledger, now_us, settings, _steps(bar, site.ledger.last_position)
            )
        if options.dry_run:
            report = await would_record(site.ledger, found, settings.alarm_score)
        else:
            report = await _record(site, found, settings)
    if options.format == "json":
        _print_json(found, report, options)
    else:
        _print_text(found, report, options)
    return OK


def _steps(bar: Progress, last: int) -> Callable[[str, int], None]:
    """A line for the events, and one that moves a step on for each part of the search."""
    events = follow(bar, "events", last)
    steps = follow(bar, "search", len(STEPS) + 1)

    def told(what: str, done: int) -> None:
        if what == "events":
            events(done)
        else:
            steps(STEPS.index(what) + 1)

    return told


async def _record(site: Site, found: Found, settings: RingSettings) -> Report:
    report = await record(
        site.ledger,
        found,
        settings.alarm_score,
        pending=NobodyDecides(),
        next_us=lambda: max(time.time_ns() // 1000, found.as_of_us + 1),
    )
    async with site.store() as store:
        with progress_bar() as bar:
            last = site.ledger.last_position
            await catch_up(site.ledger, store, progress=follow(bar, "projecting", last))
    return report


def _print_json(found: Found, report: Report, options: argparse.Namespace) -> None:
    told = {
        "dry_run": options.dry_run,
        **msgspec.to_builtins(report.run),
        "rings": msgspec.to_builtins(found.rings[: options.top]),
        "rings_told": len(found.rings),
        "changed": report.changed,
        "placed": report.placed,
        "alerts": msgspec.to_builtins(report.alerts),
        "known_alerts": report.known_alerts,
    }
    print(json.dumps(told, ensure_ascii=False, indent=2))


def _print_text(found: Found, report: Report, options: argparse.Namespace) -> None:
    console = Console()
    run = report.run
    print(
        f"{run.applicants} applications, {run.pairs} pairs, {run.communities} communities; "
        f"{len(found.rings)} rings worth telling, {_alarms(found, options)} of them alarms"
    )
    if found.rings:
        console.print(_rings_table(found, options))
    if report.alerts:
        console.print(_alerts_table(report.alerts, options))
    done = "would be written" if options.dry_run else "written"
    print(
        f"{report.changed} rings and {report.placed} places {done}; "
        f"{len(report.alerts)} new alerts, {report.known_alerts} raised before"
    )


def _alarms(found: Found, options: argparse.Namespace) -> int:
    return sum(ring.score >= options.alarm_score for ring in found.rings)


def _rings_table(found: Found, options: argparse.Namespace) -> Table:
    table = Table(title="rings, the highest score first")
    for column in ("ring", "score", "members", "fraud", "a week", "latest", "why"):
        table.add_column(column, overflow="fold")
    for ring in found.rings[: options.top]:
        figures = ring.figures
        table.add_row(
            ring.ring,
            str(ring.score),
            str(figures.members),
            str(figures.fraud),
            f"{figures.per_week:.1f}",
            _day(figures.latest_us),
            "\n".join(f"{part.points:+d} {part.en}" for part in ring.parts),
        )
    return table


def _alerts_table(alerts: tuple[Alert, ...], options: argparse.Namespace) -> Table:
    table = Table(title="new alerts: decisions to look at again")
    for column in ("decision", "outcome", "of", "ring", "score"):
        table.add_column(column, overflow="fold")
    for alert in alerts[: options.top]:
        table.add_row(
            alert.decision_id,
            alert.outcome,
            _day(alert.decided_at_us),
            alert.ring,
            str(alert.score),
        )
    return table


def _day(at_us: int) -> str:
    return datetime.fromtimestamp(at_us // 1_000_000, tz=UTC).date().isoformat()
