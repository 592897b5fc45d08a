"""Drafts of policies while they are being sent, part by part, in memory and within bounds."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from engine.errors import FieldViolation, InvalidApplication, NotFound, Overloaded

MAX_OPEN = 8
MAX_BYTES = 64 * 1_048_576
MAX_FILES = 1_000
IDLE_S = 600.0


@dataclass(slots=True)
class _Upload:
    touched: float
    files: dict[str, bytearray] = field(default_factory=dict)


class Uploads:
    """At most ``MAX_OPEN`` uploads of ``MAX_BYTES`` in all; one left idle makes room for others."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._open: dict[tuple[str, str], _Upload] = {}

    def part(self, caller: str, upload_id: str, path: str, offset: int, content: bytes) -> int:
        """Add a part, and return how much of the file there is, bytes.

        A part that was sent before is taken again if it says the same: a caller may retry.
        Raises ``InvalidApplication`` and ``Overloaded``.
        """
        if not _is_plain(path):
            raise _wrong(
                "path", "must be relative, without `..` and without names that begin with ."
            )
        upload = self._begin(caller, upload_id)
        file = upload.files.get(path)
        if file is None:
            if len(upload.files) >= MAX_FILES:
                raise _wrong("path", f"a policy has at most {MAX_FILES} files")
            file = upload.files[path] = bytearray()
        again = file[offset : offset + len(content)]
        if offset < len(file) and bytes(again) == content:
            return len(file)
        if offset != len(file):
            raise _wrong("offset", f"must be {len(file)}, where the file ends so far")
        self._make_room(len(content))
        file.extend(content)
        return len(file)

    def finish(self, caller: str, upload_id: str) -> Mapping[str, bytes]:
        """The files of an upload, which is over. Raises ``NotFound``."""
        upload = self._open.pop((caller, upload_id), None)
        if upload is None:
            raise NotFound("there is no such upload; it may have been idle for too long")
        return {path: bytes(content) for path, content in upload.files.items()}

    def _begin(self, caller: str, upload_id: str) -> _Upload:
        now = self._now()
        key = (caller, upload_id)
        upload = self._open.get(key)
        if upload is None:
            self._drop_idle(now)
            if len(self._open) >= MAX_OPEN:
                raise Overloaded("too many uploads under way", retry_after_s=60)
            upload = self._open[key] = _Upload(now)
        upload.touched = now
        return upload

    def _drop_idle(self, now: float) -> None:
        for key, upload in list(self._open.items()):
            if now - upload.touched > IDLE_S:
                del self._open[key]

    def _make_room(self, size: int) -> None:
        held = sum(len(file) for upload in self._open.values() for file in upload.files.values())
        if held + size > MAX_BYTES:
            raise Overloaded(
                f"uploads under way hold {MAX_BYTES} bytes; put larger lists into the policy "
                "directory of the server",
                retry_after_s=60,
            )


def _is_plain(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return (
        bool(parts)
        and not path.startswith("/")
        and "\\" not in path
        and "\0" not in path
        and str(PurePosixPath(path)) == path
        and not any(part.startswith(".") for part in parts)
    )


def _wrong(name: str, description: str) -> InvalidApplication:
    return InvalidApplication((FieldViolation(name, description),))
