"""One directory in the place of another, so that at every moment one of them is whole.

A new graph is built beside the live one and marked when it is complete. Nothing is done to the live
one before that. The switch is two renames; whoever opens the graph next finishes one that was
interrupted.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from engine.durable import sync

_MARK = "COMPLETE"


@dataclass(frozen=True, slots=True)
class GraphPlaces:
    """Where the graph of a data directory lives, and the new one while it is built."""

    live: Path
    new: Path
    old: Path

    @classmethod
    def of(cls, data_dir: Path) -> GraphPlaces:
        """Beside each other, so that they can be renamed."""
        return cls(data_dir / "graph", data_dir / "graph.new", data_dir / "graph.old")


def begin(places: GraphPlaces) -> None:
    """Make place for a new graph; what an interrupted build has left is deleted.

    One that is complete and waits for the switch is replaced too.
    """
    (places.new / _MARK).unlink(missing_ok=True)
    shutil.rmtree(places.new, ignore_errors=True)


def complete(places: GraphPlaces) -> None:
    """The new graph is whole and closed: from now on it is the one to be used."""
    for path in (*places.new.rglob("*"), places.new):
        sync(path)
    (places.new / _MARK).touch()
    sync(places.new)


def is_waiting(places: GraphPlaces) -> bool:
    """Whether a complete new graph waits for the switch."""
    return (places.new / _MARK).exists()


def settle(places: GraphPlaces) -> bool:
    """Put a complete new graph in place; whether there was one. Nobody may have either open."""
    if not is_waiting(places):
        if places.old.exists() and not places.live.exists():
            places.old.rename(places.live)
        shutil.rmtree(places.old, ignore_errors=True)
        return False
    if places.live.exists():
        shutil.rmtree(places.old, ignore_errors=True)
        places.live.rename(places.old)
    places.new.rename(places.live)
    (places.live / _MARK).unlink()
    sync(places.live.parent)
    shutil.rmtree(places.old, ignore_errors=True)
    return True
