"""The bundles that were ever drafted or live, by digest, as files that never change."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path, PurePosixPath

from engine.durable import sync
from engine.errors import FieldViolation, InvalidApplication, NotFound, PolicyError
from engine.rules.contents import MAX_BUNDLE_BYTES, MAX_FILES, Contents, digest, read_contents
from engine.rules.diagnostics import Diagnostics

#: Drafts that nobody proposed make room for newer ones beyond this number.
MAX_DRAFTS = 64
_DIGEST = re.compile("[0-9a-f]{64}")
_LONGEST_NAME = 255


class BundleStore:
    """A directory with one directory for each digest. Used by one process."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in root.glob(".tmp-*"):
            shutil.rmtree(left, ignore_errors=True)

    def path(self, wanted: str) -> Path:
        """Where a bundle stands, its files held against the digest. Raises ``NotFound``."""
        place = self._root / wanted
        if not self.has(wanted):
            raise NotFound("there is no policy with that digest here; upload it first")
        if digest(read_contents(place, Diagnostics())) != wanted:
            raise PolicyError(f"the stored files of policy {wanted} were altered; restore them")
        return place

    def has(self, wanted: str) -> bool:
        """Whether it is there."""
        return _DIGEST.fullmatch(wanted) is not None and (self._root / wanted).is_dir()

    def put(self, contents: Contents) -> str:
        """Keep a bundle, whole or not at all; return its digest. Raises ``InvalidApplication``."""
        _refuse_unusable(contents)
        name = digest(contents)
        place = self._root / name
        if place.is_dir():
            os.utime(place)
            return name
        draft = Path(tempfile.mkdtemp(prefix=".tmp-", dir=self._root))
        try:
            for path, raw in contents.items():
                _write(draft / path, raw)
            for directory in (draft, *(p for p in draft.rglob("*") if p.is_dir())):
                sync(directory)
            if not _renamed(draft, place):
                shutil.rmtree(draft, ignore_errors=True)
            sync(self._root)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        return name

    def put_directory(self, root: Path) -> str:
        """Keep the bundle of a directory; return its digest."""
        found = Diagnostics()
        contents = read_contents(root.resolve(), found)
        found.refuse_if_errors()
        return self.put(contents)

    def make_room(self, keep: set[str]) -> None:
        """Delete the oldest drafts beyond ``MAX_DRAFTS`` that are not to be kept."""
        places = [p for p in self._root.iterdir() if _DIGEST.fullmatch(p.name)]
        drafts = [p for p in places if p.is_dir() and p.name not in keep]
        drafts.sort(key=lambda place: place.stat().st_mtime)
        for place in drafts[: max(len(drafts) - MAX_DRAFTS, 0)]:
            shutil.rmtree(place, ignore_errors=True)


def copy_bundles(root: Path, target: Path) -> None:
    """Copy every bundle, held against its digest, while a server may add and drop some.

    ``target`` is made, also if there is no ``root``. Raises ``PolicyError`` for altered files.
    """
    target.mkdir(mode=0o700)
    places = sorted(root.iterdir()) if root.is_dir() else []
    for place in places:
        if _DIGEST.fullmatch(place.name) is None:
            continue
        copy = target / place.name
        try:
            shutil.copytree(place, copy)
            altered = digest(read_contents(copy, Diagnostics())) != place.name
        except OSError:  # shutil.Error is one
            if place.is_dir():
                raise
            altered = False
        if not place.is_dir():  # a draft that made room for a newer one
            shutil.rmtree(copy, ignore_errors=True)
        elif altered:
            raise PolicyError(f"the stored files of policy {place.name} were altered")


def _refuse_unusable(contents: Contents) -> None:
    size = sum(map(len, contents.values()))
    if not contents or len(contents) > MAX_FILES or size > MAX_BUNDLE_BYTES:
        message = f"a policy has 1 to {MAX_FILES} files and at most {MAX_BUNDLE_BYTES} bytes"
        raise InvalidApplication((FieldViolation("files", message),))
    for path in contents:
        parts = PurePosixPath(path).parts
        plain = str(PurePosixPath(path)) == path and "\\" not in path and path.isprintable()
        if not plain or path.startswith("/") or any(part.startswith(".") for part in parts):
            raise InvalidApplication((FieldViolation("files", "a path leaves the policy"),))
        if any(len(part.encode()) > _LONGEST_NAME for part in parts):
            raise InvalidApplication((FieldViolation("files", "a name is too long"),))
        if any(str(above) in contents for above in PurePosixPath(path).parents):
            message = "a path is a file and a directory at once"
            raise InvalidApplication((FieldViolation("files", message),))


def _renamed(draft: Path, place: Path) -> bool:
    """Whether it was; not if somebody else has just kept the same bundle."""
    try:
        draft.rename(place)
    except OSError:
        if not place.is_dir():
            raise
        return False
    return True


def _write(path: Path, raw: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
