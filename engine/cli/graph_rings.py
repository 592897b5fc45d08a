"""``touchstone graph rings``: search for rings over all that is recorded, and tell what is new."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from engine.api.graph_stores import retention_of
from engine.cli.command import OK, PROBLEM
from engine.cli.graph_site import Site, add_site, open_site, run_site
from engine.cli.progress import follow, progress_bar
from engine.cli.remote import Client, add_server, connected_to_graph
from engine.cli.shared import settings_of
from engine.rings import Found, NobodyDecides, Report, as_json, record, search, would_record
from graph.catch_up import catch_up
from graph.rings import STEPS, RingSettings
from touchstone.v1 import graph_pb2 as pb

if TYPE_CHECKING:
    from rich.progress import Progress

    from engine.cli.command import Area

_MOST_SHOWN = 100
_EVERY_S = 0.5


def add(area: Area) -> None:
    """Add ``graph rings``."""
    parser = area.add_parser(
        "rings",
        help="search for fraud rings, write them back, and raise alerts",
        description="Decisions that come after it see the rings. An alert is raised, once, for "
        "each earlier decision that approved or referred a member of a ring with a high score. "
        "On the running server, or, with --data-dir or --config, on the data of one that is "
        "stopped. See docs/rings.md.",
    )
    add_site(parser)
    add_server(parser)
    parser.add_argument("--case", default="", help="the case it is for; recorded with the access")
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
    if options.data_dir is None and options.config is None:
        return _ask_server(options)
    return run_site(_search(options))


def _ask_server(options: argparse.Namespace) -> int:
    request = pb.StartRingSearchRequest(
        dry_run=options.dry_run, alarm_score=options.alarm_score, case_id=options.case
    )
    with connected_to_graph(options) as client, progress_bar() as bar:
        search_id = client.call("StartRingSearch", request).search_id
        bar.add_task("the server searches", total=None)
        found = _waited(client, search_id, options.case)
    if found.state != "passed":
        print(found.problem, file=sys.stderr)
        return PROBLEM
    _print(found.report_json, options)
    return OK


def _waited(client: Client, search_id: str, case: str) -> pb.GetRingSearchResponse:
    request = pb.GetRingSearchRequest(search_id=search_id, case_id=case)
    while True:
        found: pb.GetRingSearchResponse = client.call("GetRingSearch", request)
        if found.state != "running":
            return found
        time.sleep(_EVERY_S)


async def _search(options: argparse.Namespace) -> int:
    settings = RingSettings(alarm_score=options.alarm_score)
    async with open_site(settings_of(options)) as site:
        now_us = max(time.time_ns() // 1000, await site.ledger.last_at_us() + 1)
        with progress_bar() as bar:
            steps = _steps(bar, site.ledger.last_position)
            kept_us = retention_of(site.settings).kept_since(now_us)
            found = await search(site.ledger, now_us, settings, steps, kept_since_us=kept_us)
        if options.dry_run:
            report = await would_record(site.ledger, found, settings.alarm_score)
        else:
            report = await _record(site, found, settings)
    _print(as_json(found, report, dry_run=options.dry_run), options)
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


def _print(report: str, options: argparse.Namespace) -> None:
    if options.format == "json":
        print(report)
        return
    told = json.loads(report)
    print(
        f"{told['applicants']} applications, {told['pairs']} pairs, {told['communities']} "
        f"communities; rings worth telling: {told['rings_told']}, of them alarms: {told['alarms']}"
    )
    if told["rings"]:
        _print_rings(told, options.top)
    if told["alerts"]:
        _print_alerts(told, options.top)
    done = "would be written" if told["dry_run"] else "written"
    print(
        f"{done}: {told['changed']} rings, {told['placed']} places, {told['new_alerts']} new "
        f"alerts; raised before: {told['known_alerts']}"
    )


def _print_rings(told: Mapping[str, Any], top: int) -> None:
    """As ``graph ring`` shows them: a table of sentences needs more than a terminal is wide."""
    print("rings, the highest score first")
    for ring in told["rings"][:top]:
        figures = ring["figures"]
        print(
            f"{ring['ring']}  score {ring['score']}  {figures['members']} members, "
            f"{figures['fraud']} known fraud, {figures['per_week']:.1f} a week, "
            f"latest {_day(figures['latest_us'])}"
        )
        for part in ring["parts"]:
            print(f"  {part['points']:+4d}  {part['en']}")


def _print_alerts(told: Mapping[str, Any], top: int) -> None:
    print("new alerts: decisions to look at again")
    for alert in told["alerts"][:top]:
        print(
            f"  {alert['decision_id']}  {alert['outcome']} of {_day(alert['decided_at_us'])}  "
            f"{alert['ring']}  score {alert['score']}"
        )


def _day(at_us: int) -> str:
    return datetime.fromtimestamp(at_us // 1_000_000, tz=UTC).date().isoformat()
