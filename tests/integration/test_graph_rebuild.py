"""``touchstone graph verify``, ``repair`` and ``rebuild`` on a ledger that a server has written."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import kglite
import pytest

from client_examples.applications import Person, application, clean_bureau
from engine.cli import main
from engine.gather import subject_of
from engine.ledger import SqliteLedger
from engine.ledger.outside import LedgerOutside
from engine.privacy import Keyring
from graph.embedded import EmbeddedGraphStore
from graph.store import GraphCounts
from graph.switch import GraphPlaces, settle
from tests.history_files import COLUMNS, application_rows, write_csv
from tests.neo4j_server import Neo4jServer
from tests.raw_calls import RawCall
from tests.running_app import RunningApp, running_app
from touchstone.v1 import decision_pb2 as pb


async def decide(app: RunningApp, numbers: range) -> None:
    """Applications that share devices in fours."""
    async with grpc.aio.insecure_channel(app.address) as channel:
        call: RawCall = channel.unary_unary("/touchstone.v1.DecisionService/Decide")
        for number in numbers:
            message = application(
                Person(number=number, device=f"device-{number // 4}"),
                bureau=clean_bureau(),
                monthly_income=15_000,
            )
            request = pb.DecideRequest(request_id=f"r{number}", application=message)
            await call(request.SerializeToString(), timeout=60)


def graph(data: Path, command: str, *arguments: object) -> int:
    """The exit code of the command."""
    return main(["graph", command, "--data-dir", str(data), *map(str, arguments)])


async def served(data: Path, numbers: range) -> None:
    """Decide with a server of its own."""
    async with running_app(data) as app:
        await decide(app, numbers)


def counts(data: Path) -> GraphCounts:
    """As whoever opens the graph next finds it."""

    async def read() -> GraphCounts:
        settle(GraphPlaces.of(data))
        store = await EmbeddedGraphStore.open(data / "graph")
        found = await store.counts(timeout_s=30)
        await store.close()
        return found

    return asyncio.run(read())


def damage(data: Path, text: str) -> None:
    """Write past the store."""
    session = kglite.open_session(str(data / "graph" / "graph.kgl"), durable="normal")
    session.execute(text)
    session.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Decisions, then history from a file, then decisions again."""
    data = tmp_path_factory.mktemp("site") / "data"
    asyncio.run(served(data, range(24)))
    history = application_rows(60, start=datetime.now(UTC) - timedelta(days=30))
    rows = [(*row[:4], f"device-{n % 8}", *row[5:]) for n, row in enumerate(history)]
    path = write_csv(data.parent / "history.csv", COLUMNS, rows)
    assert main(["graph", "load", "--data-dir", str(data), str(path)]) == 0
    asyncio.run(served(data, range(24, 36)))
    return data


def test_the_rebuilt_graph_is_what_decisions_saw(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also of those made before the history was loaded, that touches their devices."""
    before = counts(site)

    assert graph(site, "rebuild") == 0

    shown = capsys.readouterr()
    assert "36 decisions compared, 0 differ" in shown.out
    assert "the new graph is in place" in shown.out
    assert counts(site) == before
    assert sorted(p.name for p in site.glob("graph*")) == ["graph"]
    assert graph(site, "verify") == 0
    assert "the graph is what the ledger says" in capsys.readouterr().out


def test_damage_is_found_and_mended(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Verify tells what differs and fails; repair mends it; then there is nothing to tell."""
    before = counts(site)
    damage(site, "MATCH (i:Identifier) WHERE i.kind = 'device' SET i.hub_at = 1, i.degree = 99")
    damage(site, "MATCH (:Applicant)-[r:USES]->(i:Identifier) WHERE i.kind = 'email' DELETE r")

    assert graph(site, "verify") == 1
    shown = capsys.readouterr()
    assert "identifier differs" in shown.out
    assert "36 times: link missing" in shown.out
    assert "degree, hub" in shown.err
    assert counts(site) != before

    assert graph(site, "repair") == 0
    assert "mended" in capsys.readouterr().out
    assert graph(site, "verify") == 0
    assert counts(site) == before


def test_a_running_server_takes_the_new_graph_at_its_next_start(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is built beside the live one, which goes on serving; what came later is caught up with."""
    damage(site, "MATCH (a:Applicant) SET a.status = 'odd'")

    async def while_running() -> None:
        async with running_app(site) as app:
            code = await asyncio.to_thread(graph, site, "rebuild", "--sample", 5)
            assert code == 0
            await decide(app, range(36, 40))

    asyncio.run(while_running())
    assert "the running server takes it at its next start" in capsys.readouterr().out
    asyncio.run(served(site, range(40, 41)))

    assert graph(site, "verify") == 0
    assert not (site / "graph.new").exists()


def test_a_graph_that_differs_is_not_put_in_place(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With another window decisions would have seen less: they are named, the old graph stays."""
    before = counts(site)
    config = site.parent / "touchstone.toml"
    config.write_text("[sources]\ngraph_window_days = 1\n")
    history = application_rows(9, seed=2, start=datetime.now(UTC) - timedelta(days=5))
    rows = [(*row[:4], "device-99", *row[5:]) for row in history]
    path = write_csv(site.parent / "more.csv", COLUMNS, rows)
    assert main(["graph", "load", "--data-dir", str(site), str(path)]) == 0
    asyncio.run(served(site, range(396, 398)))
    with_more = counts(site)
    assert with_more != before
    capsys.readouterr()

    assert graph(site, "rebuild", "--config", config) == 1

    shown = capsys.readouterr()
    assert "differ" in shown.out
    assert "the old graph stays" in shown.err
    assert "near" in shown.err
    assert "features" in shown.err
    assert counts(site) == with_more
    assert not (site / "graph.new").exists()


def test_killed_at_any_moment_the_graph_is_usable(site: Path) -> None:
    """Again and again while it is built, closed and switched; each time somebody can open it."""
    before = counts(site)
    command = [sys.executable, "-m", "engine.cli", "graph", "rebuild", "--data-dir", str(site)]
    for wait_s in (0.9, 1.1, 1.3, 1.5, 1.7, 2.0):
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as child:
            try:
                child.wait(wait_s)
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
        assert counts(site) == before
    assert graph(site, "rebuild") == 0
    assert graph(site, "verify") == 0


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["--in-place"], "are for Neo4j"),
        (["--into-database", "x"], "are for Neo4j"),
    ],
)
def test_what_does_not_fit_is_refused(
    site: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    """A usage error, before anything is done."""
    assert graph(site, "rebuild", *arguments) == 2
    assert told in capsys.readouterr().err


@pytest.mark.xdist_group("neo4j")
def test_neo4j_is_filled_in_place_and_another_only_when_empty(
    site: Path,
    neo4j_database: Neo4jServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The same ledger makes the same graph there, and what decisions saw is the same to the bit."""
    reached = neo4j_database.settings
    monkeypatch.setenv("TOUCHSTONE_NEO4J_PASSWORD", reached.password)
    config = site.parent / "neo4j.toml"
    config.write_text(
        f'[graph]\ngraph_store = "neo4j"\nneo4j_uri = "{reached.uri}"\n'
        f'neo4j_user = "{reached.user}"\nneo4j_database = "{reached.database}"\n'
    )
    expected = counts(site)

    assert graph(site, "rebuild", "--config", config) == 2
    assert "--in-place" in capsys.readouterr().err
    assert graph(site, "rebuild", "--config", config, "--in-place") == 0
    shown = capsys.readouterr().out
    assert f"{expected.applicants} applicants, {expected.identifiers} identifiers" in shown
    assert "0 differ" in shown
    assert graph(site, "verify", "--config", config) == 0

    assert graph(site, "rebuild", "--config", config, "--into-uri", reached.uri) == 2
    assert "not empty" in capsys.readouterr().err
    assert graph(site, "verify", "--config", config) == 0
    assert graph(site, "rebuild", "--config", config, "--in-place") == 0
    assert "0 differ" in capsys.readouterr().out


def test_an_erased_person_is_taken_out_of_the_graph(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Repaired or rebuilt, it holds none of the person's links any more.

    The last of the module: an identifier that is under its cap again is followed by decisions that
    did not follow it, which is a difference too.
    """
    keyring = Keyring.open(site / "keys", ledger_exists=True)
    with contextlib.closing(LedgerOutside(site, keyring)) as outside:
        admission = outside.sample(1)[0].record.admission

    async def erase() -> None:
        ledger = await SqliteLedger.open(site, keyring)
        assert await ledger.erase(subject_of(admission)) == 1
        await ledger.close()

    asyncio.run(erase())
    links = len(admission.application.links)
    before = counts(site).links

    assert graph(site, "repair") == 0
    assert f"{links} times: link surplus" in capsys.readouterr().out
    assert counts(site).links == before - links
    capsys.readouterr()
    assert graph(site, "rebuild", "--accept-differences") == 0
    shown = capsys.readouterr().out
    assert "more saw somebody who was erased since" in shown
    assert counts(site).links == before - links
    assert graph(site, "verify") == 0
