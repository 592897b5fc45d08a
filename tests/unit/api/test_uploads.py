"""Drafts arrive in parts: in order, retried without harm, within bounds."""

from __future__ import annotations

import pytest

from engine.api import uploads
from engine.api.uploads import Uploads
from engine.errors import InvalidApplication, NotFound, Overloaded


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_parts_make_files() -> None:
    """Of several files, in any order of files."""
    held = Uploads()
    assert held.part("ann", "u", "a.yaml", 0, b"abc") == 3
    assert held.part("ann", "u", "lists/b.yaml", 0, b"") == 0
    assert held.part("ann", "u", "a.yaml", 3, b"def") == 6
    assert held.finish("ann", "u") == {"a.yaml": b"abcdef", "lists/b.yaml": b""}
    with pytest.raises(NotFound):
        held.finish("ann", "u")


def test_a_repeated_part_changes_nothing_and_a_gap_is_refused() -> None:
    """A retry after a lost answer is not an error."""
    held = Uploads()
    held.part("ann", "u", "a.yaml", 0, b"abc")
    assert held.part("ann", "u", "a.yaml", 0, b"abc") == 3
    with pytest.raises(InvalidApplication, match="offset: must be 3"):
        held.part("ann", "u", "a.yaml", 4, b"x")
    with pytest.raises(InvalidApplication, match="offset: must be 3"):
        held.part("ann", "u", "a.yaml", 0, b"xyz")
    assert held.finish("ann", "u") == {"a.yaml": b"abc"}


def test_callers_do_not_share_uploads() -> None:
    """The id is the caller's own."""
    held = Uploads()
    held.part("ann", "u", "a.yaml", 0, b"abc")
    with pytest.raises(NotFound):
        held.finish("bob", "u")


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../x", "a/../b", ".git/config", "a//b", "a\\b", "a\0b", ".", "a/"]
)
def test_paths_stay_inside(path: str) -> None:
    """Whatever a caller sends."""
    with pytest.raises(InvalidApplication, match="path: must be relative"):
        Uploads().part("ann", "u", path, 0, b"")


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploads, files and bytes; an idle upload makes room."""
    monkeypatch.setattr(uploads, "MAX_OPEN", 2)
    monkeypatch.setattr(uploads, "MAX_FILES", 2)
    monkeypatch.setattr(uploads, "MAX_BYTES", 10)
    clock = _Clock()
    held = Uploads(clock)
    held.part("ann", "1", "a", 0, b"12345")
    held.part("ann", "1", "b", 0, b"")
    with pytest.raises(InvalidApplication, match="at most 2 files"):
        held.part("ann", "1", "c", 0, b"")
    held.part("ann", "2", "a", 0, b"12345")
    with pytest.raises(Overloaded, match="hold 10 bytes"):
        held.part("ann", "2", "a", 5, b"6")
    with pytest.raises(Overloaded, match="too many uploads"):
        held.part("ann", "3", "a", 0, b"")
    clock.now = uploads.IDLE_S + 1
    assert held.part("ann", "3", "a", 0, b"1") == 1
