"""``touchstone graph load``: history in files, into the ledger and from there into the graph."""

from __future__ import annotations

import asyncio
import csv
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from engine.cli import main
from engine.ledger import SqliteLedger
from engine.privacy import Keyring, Tokeniser
from graph.embedded import EmbeddedGraphStore
from graph.model import ApplicationProjected, FraudMarked, GraphEvent, NeighbourhoodQuery
from graph.store import NOTHING_PENDING, GraphCounts
from tests.graph_histories import bare
from tests.history_files import COLUMNS, application_rows, write_csv
from tests.reference_graph import ReferenceGraph


def load(data: Path, *arguments: object) -> int:
    """The exit code of a load."""
    return main(["graph", "load", "--data-dir", str(data), *map(str, arguments)])


def recorded(data: Path) -> list[GraphEvent]:
    """Every event of the ledger's outbox."""

    async def read() -> list[GraphEvent]:
        ledger = await SqliteLedger.open(data, Keyring.open(data / "keys", ledger_exists=True))
        found: list[GraphEvent] = []
        while batch := await ledger.read_after(len(found), 1000):
            found += [event for _, event in batch]
        assert (await ledger.verify()).problem == ""
        await ledger.close()
        return found

    return asyncio.run(read())


def counts(data: Path) -> tuple[int, GraphCounts]:
    """Position and size of the graph."""

    async def read() -> tuple[int, GraphCounts]:
        store = await EmbeddedGraphStore.open(data / "graph")
        found = await store.position(timeout_s=30), await store.counts(timeout_s=30)
        await store.close()
        return found

    return asyncio.run(read())


def test_history_reaches_ledger_and_graph_and_a_second_load_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """2,500 lines, three batches; then again, and again with the lines in another order."""
    rows = application_rows(2500)
    path = write_csv(tmp_path / "a.csv", COLUMNS, rows)
    mixed = write_csv(tmp_path / "b.csv", COLUMNS, rows[::-1])
    data = tmp_path / "data"

    assert load(data, path) == 0
    first = recorded(data), counts(data)
    assert load(data, path, mixed) == 0

    assert "2500 lines recorded, 0 known before" in capsys.readouterr().out
    assert (recorded(data), counts(data)) == first
    position, size = first[1]
    assert (position, size.applicants) == (2500, 2500)


def test_the_graph_is_that_of_the_events_one_by_one(tmp_path: Path) -> None:
    """Marks and declarations among them: 300 neighbourhoods equal the reference's."""
    rows = application_rows(400)
    keys = ("application", "marked_at", "fraud_at", "fraud_type")
    marks = [(row[0], "2024-02-01T00:00:00Z", row[1], "mule") for row in rows[::11]]
    shared = [("phone", row[3], row[1], "switchboard") for row in rows[::50]]
    files = [
        write_csv(tmp_path / "m.csv", keys, marks),
        write_csv(tmp_path / "a.csv", COLUMNS, rows),
        write_csv(tmp_path / "s.csv", ("kind", "value", "at", "reason"), shared),
    ]
    data = tmp_path / "data"
    assert load(data, *files) == 0

    reference = ReferenceGraph()
    reference.events = sorted(recorded(data), key=lambda event: event.at_us)
    asyncio.run(_compare(data, reference))


async def _compare(data: Path, reference: ReferenceGraph) -> None:
    store = await EmbeddedGraphStore.open(data / "graph")
    applications = [x for x in reference.events if isinstance(x, ApplicationProjected)]
    for event in applications[:300]:
        query = NeighbourhoodQuery(
            applicant_key=event.applicant, links=event.links, as_of_us=event.at_us + 10, since_us=0
        )
        answer = await store.neighbourhood(query, NOTHING_PENDING, timeout_s=30)
        assert bare(answer) == reference.neighbourhood(query)
    await store.close()


def test_tokens_are_the_servers_own_and_parquet_is_read_alike(tmp_path: Path) -> None:
    """The same lines in both forms are the same events."""
    rows = application_rows(50)
    path = write_csv(tmp_path / "a.csv", COLUMNS, rows)
    table = pa.table({name: [row[n] for row in rows] for n, name in enumerate(COLUMNS)})
    parquet.write_table(table, tmp_path / "a.parquet")
    data = tmp_path / "data"

    assert load(data, tmp_path / "a.parquet") == 0
    assert load(data, path) == 0

    events = recorded(data)
    assert len(events) == 50
    tokens = Tokeniser(Keyring.open(data / "keys", ledger_exists=True).token_key)
    known = {link.identifier.key for event in events for link in event.links}  # type: ignore[union-attr]
    assert tokens.phone(rows[0][3]).key in known


def test_bad_lines_are_told_and_the_others_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By file, line and column, on the screen and in a file, without what they hold."""
    rows = [list(row) for row in application_rows(30)]
    rows[4][3] = "canary"
    rows[9][1] = "2049-01-01T00:00:00Z"
    rows.append([rows[0][0], *rows[1][1:]])
    path = write_csv(tmp_path / "a.csv", COLUMNS, rows)
    rejects = tmp_path / "rejects.csv"

    assert load(tmp_path / "data", path, "--rejects", rejects) == 1

    shown = capsys.readouterr()
    assert f"{path}:6, column phone: is not a phone number" in shown.err
    assert f"{path}:11, column at: lies in the future" in shown.err
    assert f"{path}:32: the application was loaded before, with other content" in shown.err
    assert "28 lines recorded, 0 known before, 3 rejected" in shown.out
    written = rejects.read_text(encoding="utf-8")
    assert "canary" not in written + shown.err + shown.out
    assert [row[1:3] for row in csv.reader(written.splitlines())] == [
        ["line", "column"],
        ["6", "phone"],
        ["11", "at"],
        ["32", ""],
    ]
    assert counts(tmp_path / "data")[0] == 28


def test_too_many_bad_lines_stop_the_load(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Probably the wrong file: it is told after the first few, and nothing is lost by it."""
    rows = [(row[0], row[1], "", "x", *row[4:]) for row in application_rows(100)]
    path = write_csv(tmp_path / "a.csv", COLUMNS, rows)

    assert load(tmp_path / "data", path, "--max-rejects", 10) == 1

    shown = capsys.readouterr().err
    assert "more than 10 lines were rejected" in shown
    assert "11 lines rejected; --rejects FILE writes all of them" in shown


def test_check_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what a load would do."""
    data = tmp_path / "data"
    rows = application_rows(30)
    path = write_csv(tmp_path / "a.csv", COLUMNS, rows[:20])
    assert load(data, "--check", path) == 2
    assert load(data, path) == 0
    more = write_csv(tmp_path / "b.csv", COLUMNS, rows)

    assert load(data, "--check", more) == 0

    assert "10 lines would be recorded, 20 known before" in capsys.readouterr().out
    assert len(recorded(data)) == 20


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_generated_history_is_loaded(tmp_path: Path, form: str) -> None:
    """What the generator writes for the graph, with this server's keys, is what is loaded."""
    data, out = tmp_path / "data", tmp_path / "out"
    Keyring.open(data / "keys", ledger_exists=False)
    written = ["generate", str(out), "--applicants", "300", "--rings", "2", "--format", form]
    assert main([*written, "--days", "300", "--first", "2024-01-01", "--keys", f"{data}/keys"]) == 0

    assert load(data, out / f"links.{form}", out / f"marks.{form}") == 0

    events = recorded(data)
    marked = {event.applicant for event in events if isinstance(event, FraudMarked)}
    applied = {event.applicant for event in events if isinstance(event, ApplicationProjected)}
    assert len(applied) == counts(data)[1].applicants == 300
    assert marked
    assert marked <= applied


def test_columns_that_mean_nothing_are_refused_before_anything_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names file and column; no ledger comes into being."""
    path = write_csv(tmp_path / "a.csv", ("application", "at", "shoe"), [])
    assert load(tmp_path / "data", path) == 1
    assert f"{path}: column 'shoe' means nothing" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_killed_again_and_again_it_goes_on(tmp_path: Path) -> None:
    """Kill -9 while recording and projecting: in the end everything is there once."""
    rows = application_rows(6000)
    path = write_csv(tmp_path / "a.csv", COLUMNS, rows)
    data = tmp_path / "data"
    command = [sys.executable, "-m", "engine.cli", "graph", "load", str(path)]
    for wait_s in (1.2, 1.6, 2.2, 3.0):
        with subprocess.Popen(
            [*command, "--data-dir", str(data)], stdout=subprocess.DEVNULL
        ) as child:
            try:
                child.wait(wait_s)
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)

    assert load(data, path) == 0

    events = recorded(data)
    assert len(events) == len({event.applicant for event in events}) == 6000  # type: ignore[union-attr]
    position, size = counts(data)
    assert (position, size.applicants) == (6000, 6000)
