"""A copy of a ledger with what restoring it needs, made while a server may run."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import apsw

from engine.durable import sync
from engine.errors import LedgerUnavailable, TouchstoneError
from engine.ledger.model import VerifyReport
from engine.ledger.outside import verify_file
from engine.ledger.schema import open_reader
from engine.ledger.sqlite import FILE_NAME
from engine.lifecycle.store import copy_bundles

POLICIES = "policies"
_PAGES = 1_024


class BackupFailed(TouchstoneError):
    """No backup was left behind; the text says why."""


def back_up(
    data_dir: Path, target: Path, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> VerifyReport:
    """Copy ledger and policies as of now to ``target``: whole and verified, or not at all.

    Never the keys, nor the graph, which is projected anew. ``progress`` is told pages done and
    all pages. The report is that of the copy. Raises ``LedgerUnavailable`` if there is no ledger,
    ``BackupFailed`` if ``target`` exists, or the copy does not hold.
    """
    path = data_dir / FILE_NAME
    if not path.exists():
        raise LedgerUnavailable(f"{data_dir} holds no ledger")
    if target.exists() or target.is_symlink():
        raise BackupFailed(f"{target} exists; a backup never writes over anything")
    try:
        draft = Path(tempfile.mkdtemp(prefix=".backup-", dir=target.parent))
    except OSError as error:
        raise BackupFailed(f"cannot write beside {target}: {error.strerror}") from None
    try:
        _copy(path, draft / FILE_NAME, progress)
        # After the ledger: what it refers to was kept before it was recorded.
        copy_bundles(data_dir / POLICIES, draft / POLICIES)
        report = verify_file(draft)
        if report.problem:
            raise BackupFailed(f"the copy does not hold: {report.problem}")
        sync(draft)
        draft.rename(target)
        sync(target.parent)
    except (OSError, apsw.Error) as error:
        raise BackupFailed(f"the backup failed: {error}") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return report


def _copy(path: Path, copy: Path, progress: Callable[[int, int], None]) -> None:
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    source, target = open_reader(path), apsw.Connection(str(copy))
    try:
        # One snapshot for all steps: without it each commit of the server would begin it anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        with target.backup("main", source, "main") as backup:
            while not backup.done:
                backup.step(_PAGES)
                progress(backup.page_count - backup.remaining, backup.page_count)
        # One file, and no log beside it that could be forgotten.
        target.pragma("journal_mode", "delete")
        damage = target.pragma("integrity_check")
        if damage != "ok":
            raise BackupFailed(f"the copy is damaged: {damage}")
    finally:
        target.close()
        source.close()
    sync(copy)
