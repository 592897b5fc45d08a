from __future__ import annotations

from pathlib import Path

import pytest

from graph.switch import GraphPlaces, begin, complete, is_waiting, settle


def places(directory: Path) -> GraphPlaces:
    """A live graph that says "old"."""
    found = GraphPlaces.of(directory)
    found.live.mkdir()
    (found.live / "data").write_text("old")
    return found


def build(found: GraphPlaces) -> None:
    """A new one that says "new", not yet complete."""
    begin(found)
    found.new.mkdir()
    (found.new / "data").write_text("new")


def test_a_complete_graph_takes_the_place(tmp_path: Path) -> None:
    """And nothing else is left."""
    found = places(tmp_path)
    build(found)
    complete(found)
    assert is_waiting(found)
    assert settle(found)
    assert (found.live / "data").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["graph"]
    assert [path.name for path in found.live.iterdir()] == ["data"]
    assert not settle(found)


def test_an_incomplete_one_does_not(tmp_path: Path) -> None:
    """It is deleted by the next that begins."""
    found = places(tmp_path)
    build(found)
    assert not settle(found)
    assert (found.live / "data").read_text() == "old"
    begin(found)
    assert not found.new.exists()


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_interrupted_between_any_two_steps_it_is_finished(tmp_path: Path, steps: int) -> None:
    """Before, between and after the two renames the next to open it finds the new graph."""
    found = places(tmp_path)
    build(found)
    complete(found)
    if steps > 0:
        found.live.rename(found.old)
    if steps > 1:
        found.new.rename(found.live)
    settle(found)
    assert (found.live / "data").read_text() == "new"
    assert not found.old.exists()
    assert not found.new.exists()


def test_a_live_graph_that_was_put_aside_comes_back(tmp_path: Path) -> None:
    """Where the new one has vanished meanwhile, the old one is better than none."""
    found = places(tmp_path)
    found.live.rename(found.old)
    settle(found)
    assert (found.live / "data").read_text() == "old"


def test_the_first_graph_of_all(tmp_path: Path) -> None:
    """There need not be a live one."""
    found = GraphPlaces.of(tmp_path)
    build(found)
    complete(found)
    assert settle(found)
    assert (found.live / "data").read_text() == "new"
