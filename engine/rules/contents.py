"""The files of a bundle: found, bounded, read once each, digested."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.source import Span
from engine.rules.yaml_source import MAX_FILE_BYTES, refuse_too_long

MAX_FILES = 1_000
MAX_BUNDLE_BYTES = 256 * 1_048_576

Contents = Mapping[str, bytes]


def read_contents(root: Path, found: Diagnostics) -> Contents:
    """Every file's bytes by relative path, sorted; dot files are not part of a bundle.

    A link may point to another place of the bundle, never out of it: what the digest covers is
    what stands in the directory.
    """
    names: list[str] = []
    size = 0
    for name in _names(root, found):
        names.append(name)
        size += (root / name).stat().st_size
        if len(names) > MAX_FILES or size > MAX_BUNDLE_BYTES:
            message = f"the bundle has more than {MAX_FILES} files or {MAX_BUNDLE_BYTES} bytes"
            hint = "is it the directory of one policy?"
            found.error(Code.FILE_LIMIT, message, Span(".", 1, 1), hint=hint)
            found.refuse_if_errors()
    read = {name: _read(root, name, found) for name in sorted(names)}
    return {name: raw for name, raw in read.items() if raw is not None}


def digest(contents: Contents) -> str:
    """SHA-256 over paths and contents, each with its length before it, so that nothing shifts."""
    total = hashlib.sha256()
    for name in sorted(contents):
        for part in (name.encode(), contents[name]):
            total.update(len(part).to_bytes(8, "big"))
            total.update(part)
    return total.hexdigest()


def _names(root: Path, found: Diagnostics) -> Iterator[str]:
    """Relative paths of the files; directories behind links are not entered."""

    def unreadable(error: OSError) -> None:
        place = Path(error.filename or root)
        inside = place.relative_to(root).as_posix() if place.is_relative_to(root) else "."
        if place != root or place.exists():
            _unread(inside, error, found)

    for directory, below, files in os.walk(root, onerror=unreadable):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for file in sorted(files):
            path = Path(directory, file)
            if not file.startswith(".") and path.is_file():
                name = path.relative_to(root).as_posix()
                if _is_sound(root, path, name, found):
                    yield name


def _is_sound(root: Path, path: Path, name: str, found: Diagnostics) -> bool:
    shown = name.encode(errors="backslashreplace").decode()
    if shown != name or not name.isprintable():
        message = f"the name of the file {shown!r} is no plain text"
        hint = "use letters, digits, `-` and `_`"
        found.error(Code.ENCODING, message, Span(shown, 1, 1), hint=hint)
        return False
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        message = f"`{name}` is a link out of the bundle"
        found.error(Code.MISSING_FILE, message, Span(name, 1, 1), hint="put the file itself there")
        return False
    return True


def _read(root: Path, name: str, found: Diagnostics) -> bytes | None:
    """One file; of a YAML file beyond its bound only as much as shows it."""
    most = MAX_FILE_BYTES + 1 if name.endswith(".yaml") else -1
    try:
        with (root / name).open("rb") as file:
            raw = file.read(most)
    except OSError as error:
        _unread(name, error, found)
        return None
    if 0 < most <= len(raw):
        refuse_too_long(name, found)
    return raw


def _unread(name: str, error: OSError, found: Diagnostics) -> None:
    message = f"`{name}` cannot be read: {error.strerror or type(error).__name__}"
    found.error(Code.MISSING_FILE, message, Span(name, 1, 1), hint="is it yours to read?")
