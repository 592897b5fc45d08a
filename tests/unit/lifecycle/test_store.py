"""Bundles by digest: whole, unaltered, and never outside of their place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.errors import InvalidApplication, NotFound, PolicyError
from engine.lifecycle import store as stores
from engine.lifecycle.store import BundleStore


@pytest.mark.parametrize(
    "paths",
    [
        ["../out.yaml"],
        ["/etc/out.yaml"],
        ["a/../../out.yaml"],
        ["a//b.yaml"],
        ["./a.yaml"],
        [".hidden"],
        ["a/.hidden/b"],
        ["a\\b"],
        ["a\0b"],
        ["a\nb"],
        ["n" * 256],
        ["银" * 100],
        ["a", "a/b"],
        [""],
        [],
    ],
)
def test_what_leaves_the_policy_is_refused(tmp_path: Path, paths: list[str]) -> None:
    """Nothing of it is kept, in the place or outside of it."""
    root = tmp_path / "inside" / "policies"
    store = BundleStore(root)
    with pytest.raises(InvalidApplication):
        store.put(dict.fromkeys(paths, b"x"))
    assert list(root.iterdir()) == []
    assert [p.name for p in tmp_path.iterdir()] == ["inside"]


@pytest.mark.parametrize("name", ["", ".", "..", "../x", ".tmp-1", "f" * 64, "F" * 64])
def test_only_digests_are_found(tmp_path: Path, name: str) -> None:
    """Whatever else stands there."""
    store = BundleStore(tmp_path / "policies")
    (tmp_path / "policies" / ".tmp-1").mkdir()
    assert not store.has(name)
    with pytest.raises(NotFound):
        store.path(name)


def test_altered_files_are_refused(tmp_path: Path) -> None:
    """Changed, added, or taken away."""
    store = BundleStore(tmp_path)
    digest = store.put({"a.yaml": b"a", "lists/b.yaml": b"b"})
    place = store.path(digest)
    (place / "a.yaml").write_bytes(b"A")
    with pytest.raises(PolicyError, match="altered"):
        store.path(digest)
    (place / "a.yaml").write_bytes(b"a")
    assert store.path(digest) == place
    (place / "c.yaml").write_bytes(b"")
    with pytest.raises(PolicyError, match="altered"):
        store.path(digest)


def test_what_a_killed_server_left_is_cleared_away(tmp_path: Path) -> None:
    """A bundle that was being written never shows; the same one can be put again."""
    kept = BundleStore(tmp_path).put({"a.yaml": b"a"})
    left = tmp_path / ".tmp-half"
    left.mkdir()
    (left / "a.yaml").write_bytes(b"h")
    store = BundleStore(tmp_path)
    assert not left.exists()
    assert store.put({"a.yaml": b"a"}) == kept
    assert store.path(kept).is_dir()


def test_somebody_else_may_keep_the_same_bundle_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two uploads that end at the same moment both succeed."""
    store = BundleStore(tmp_path)
    write = stores._write
    contents = {"a.yaml": b"a"}

    def slowly(path: Path, raw: bytes) -> None:
        monkeypatch.setattr(stores, "_write", write)
        store.put(contents)
        write(path, raw)

    monkeypatch.setattr(stores, "_write", slowly)
    digest = store.put(contents)
    assert [p.name for p in tmp_path.iterdir()] == [digest]


def test_old_drafts_make_room_and_nothing_else_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither what is referred to nor what is being written."""
    monkeypatch.setattr(stores, "MAX_DRAFTS", 2)
    store = BundleStore(tmp_path)
    digests = [store.put({"a.yaml": str(n).encode()}) for n in range(5)]
    for age, digest in enumerate(digests):
        os.utime(tmp_path / digest, (1000 + age, 1000 + age))
    writing = tmp_path / ".tmp-writing"
    writing.mkdir()
    os.utime(writing, (1, 1))
    store.make_room({digests[0]})
    assert [store.has(digest) for digest in digests] == [True, False, False, True, True]
    assert writing.exists()
