"""``touchstone graph rebuild``: a fresh graph from the ledger, compared, then put in place."""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from engine.api.graph_stores import neo4j_settings
from engine.cli.command import OK, PROBLEM
from engine.cli.graph_site import add_site, run_site
from engine.cli.progress import follow, progress_bar
from engine.cli.shared import settings_of
from engine.ledger.outside import LedgerOutside
from engine.ledger.schema import DataDirectoryInUse, lock
from engine.privacy import Keyring
from engine.settings import Settings, SettingsError
from graph.embedded import EmbeddedGraphStore
from graph.neo4j_client import Neo4jClient
from graph.neo4j_settings import Neo4jSettings
from graph.neo4j_store import Neo4jGraphStore
from graph.rebuild import RebuildReport, Seen, rebuild
from graph.store import GraphCounts, GraphStore, GraphUnavailable
from graph.switch import GraphPlaces, begin, complete, settle

if TYPE_CHECKING:
    from engine.cli.command import Area

_DAY_US = 86_400_000_000
_TIMEOUT_S = 600.0
_SHOWN = 20


def add(area: Area) -> None:
    """Add ``graph rebuild``."""
    parser = area.add_parser(
        "rebuild",
        help="build the graph again from the ledger, compare, and put it in place",
        description="Embedded: beside the live graph, which is used until the new one is complete; "
        "a running server takes it at its next start. Neo4j: into another, empty database "
        "(--into-database, --into-uri), or with --in-place into the same one, which is emptied "
        "first; stop the server for that.",
    )
    add_site(parser)
    parser.add_argument(
        "--sample", type=int, default=1000, help="recorded decisions to compare (1000)"
    )
    parser.add_argument(
        "--accept-differences", action="store_true", help="put it in place although some differ"
    )
    parser.add_argument("--into-database", metavar="NAME", help="Neo4j: an empty database")
    parser.add_argument("--into-uri", metavar="URI", help="Neo4j: another server")
    parser.add_argument(
        "--in-place", action="store_true", help="Neo4j: empty the live database and fill it again"
    )
    parser.set_defaults(run=_run, usage_error=parser.error)


def _run(options: argparse.Namespace) -> int:
    if options.sample < 0:
        options.usage_error("--sample must be 0 or more")
    return run_site(_rebuild(options))


async def _rebuild(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    is_elsewhere = options.into_database is not None or options.into_uri is not None
    if settings.graph.graph_store == "embedded":
        if is_elsewhere or options.in_place:
            raise SettingsError("--into-database, --into-uri and --in-place are for Neo4j")
        return await _embedded(settings, options)
    if is_elsewhere == options.in_place:
        raise SettingsError("give --into-database or --into-uri of an empty one, or --in-place")
    return await _neo4j(settings, options)


async def _embedded(settings: Settings, options: argparse.Namespace) -> int:
    places = GraphPlaces.of(settings.storage.data_dir)
    with closing(_ledger(settings)) as ledger:
        begin(places)
        store = await EmbeddedGraphStore.open(places.new, timeout_s=_TIMEOUT_S)
        try:
            report = await _built(ledger, store, settings, options)
        finally:
            await store.close()
    is_good = _tell(report, await _live_counts(settings.storage.data_dir, places))
    if not is_good and not options.accept_differences:
        begin(places)
        print("the old graph stays; --accept-differences takes the new one", file=sys.stderr)
        return PROBLEM
    complete(places)
    print(_switched(settings.storage.data_dir, places))
    return OK


async def _live_counts(data_dir: Path, places: GraphPlaces) -> GraphCounts | None:
    """Of the graph in use, if there is one and no server has it."""
    with _held(data_dir) as is_ours:
        if not is_ours or not places.live.exists():
            return None
        try:
            live = await EmbeddedGraphStore.open(places.live, timeout_s=_TIMEOUT_S)
        except GraphUnavailable:
            return None
        try:
            return await live.counts(timeout_s=_TIMEOUT_S)
        finally:
            await live.close()


def _switched(data_dir: Path, places: GraphPlaces) -> str:
    with _held(data_dir) as is_ours:
        if not is_ours:
            return "the new graph is complete; the running server takes it at its next start"
        settle(places)
        return "the new graph is in place"


@contextmanager
def _held(data_dir: Path) -> Iterator[bool]:
    """The data directory for this process; false if a server has it."""
    try:
        held = lock(data_dir)
    except DataDirectoryInUse:
        yield False
        return
    try:
        yield True
    finally:
        os.close(held)


async def _neo4j(settings: Settings, options: argparse.Namespace) -> int:
    reached = neo4j_settings(settings.graph, os.environ)
    into = dataclasses.replace(
        reached,
        uri=options.into_uri or reached.uri,
        database=options.into_database or reached.database,
    )
    # The server would write to it at the same time.
    held = lock(settings.storage.data_dir) if options.in_place else None
    try:
        with closing(_ledger(settings)) as ledger:
            async with _opened(into) as store:
                if options.in_place:
                    await store.empty(timeout_s=_TIMEOUT_S)
                await _require_empty(store)
                report = await _built(ledger, store, settings, options)
    finally:
        if held is not None:
            os.close(held)
    live = None
    if not options.in_place:
        async with _opened(reached) as store:
            live = await store.counts(timeout_s=_TIMEOUT_S)
    is_good = _tell(report, live)
    if not options.in_place:
        print(f"to use it: neo4j_uri = {into.uri}, neo4j_database = {into.database}")
    return OK if is_good or options.accept_differences else PROBLEM


def _ledger(settings: Settings) -> LedgerOutside:
    keyring = Keyring.open(settings.storage.keys_path, ledger_exists=True)
    return LedgerOutside(settings.storage.data_dir, keyring)


@asynccontextmanager
async def _opened(reached: Neo4jSettings) -> AsyncIterator[Neo4jGraphStore]:
    store = Neo4jGraphStore(Neo4jClient(reached))
    try:
        yield store
    finally:
        await store.close()


async def _require_empty(store: GraphStore) -> None:
    position = await store.position(timeout_s=_TIMEOUT_S)
    counts = await store.counts(timeout_s=_TIMEOUT_S)
    if position or counts.applicants:
        raise SettingsError("the database to build into is not empty")


async def _built(
    ledger: LedgerOutside, store: GraphStore, settings: Settings, options: argparse.Namespace
) -> RebuildReport:
    window_us = settings.sources.graph_window_days * _DAY_US
    seen = [
        Seen(
            decision_id=one.record.admission.decision_id,
            links=one.record.admission.application.links,
            as_of_us=one.record.admission.as_of_us,
            since_us=max(0, one.record.admission.as_of_us - window_us),
            neighbourhood=one.record.gathered.graph,
            until=one.until,
            saw_erased=bool(ledger.erased(one.record.gathered.graph.applicants)),
        )
        for one in ledger.sample(options.sample)
        if one.record.gathered.graph is not None
    ]
    last = ledger.last_position
    with progress_bar() as bar:
        shown = follow(bar, "projecting", last)
        return await rebuild(ledger, store, seen, until=last, progress=shown)


def _tell(report: RebuildReport, live: GraphCounts | None) -> bool:
    """Print it; whether the new graph is what decisions saw, but for people erased since."""
    counts = report.counts
    print(
        f"projected to {report.position}: {counts.applicants} applicants, "
        f"{counts.identifiers} identifiers, {counts.links} links"
    )
    if live is not None and live != counts:
        print(
            f"the graph in use has {live.applicants} applicants, {live.identifiers} identifiers, "
            f"{live.links} links (old links may have been let go there)"
        )
    differing = [one for one in report.differences if not one.saw_erased]
    print(f"{report.compared} decisions compared, {len(differing)} differ")
    if len(differing) < len(report.differences):
        count = len(report.differences) - len(differing)
        print(f"{count} more saw somebody who was erased since, and would not now")
    for one in differing[:_SHOWN]:
        parts = ", ".join((*one.parts, *(("features",) if one.features else ())))
        print(f"{one.decision_id}: {parts}", file=sys.stderr)
    return not differing
