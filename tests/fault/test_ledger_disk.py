"""A disk that fails: nothing is acknowledged that is not there, and nothing is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from engine.errors import LedgerUnavailable
from engine.ledger import SqliteLedger
from engine.ledger.sqlite import FILE_NAME
from engine.privacy import Keyring
from tests.ledger_records import record

_NAME = "failing-disk"


class _Disk:
    """Whether the disk works; what fails is decided here, for the file of every connection."""

    def __init__(self) -> None:
        self.sync_fails = False
        self.is_full = False


class _File(apsw.VFSFile):
    disk: _Disk

    def __init__(self, filename: object, flags: list[int]) -> None:
        super().__init__("unix", filename, flags)  # type: ignore[arg-type]

    def xSync(self, flags: int) -> None:  # noqa: N802 - apsw names it
        if self.disk.sync_fails:
            raise apsw.IOError("sync failed")
        super().xSync(flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - apsw names it
        if self.disk.is_full:
            raise apsw.FullError("no space")
        super().xWrite(data, offset)


class _Vfs(apsw.VFS):
    def __init__(self) -> None:
        super().__init__(_NAME, "unix", makedefault=True)

    def xOpen(self, name: object, flags: list[int]) -> _File:  # noqa: N802 - apsw names it
        return _File(name, flags)


@pytest.fixture
def disk() -> Iterator[_Disk]:
    """A disk under every SQLite file opened meanwhile."""
    vfs = _Vfs()
    _File.disk = _Disk()
    yield _File.disk
    vfs.unregister()
    apsw.set_default_vfs("unix")


async def _open(directory: Path, failures: list[str]) -> SqliteLedger:
    exists = (directory / FILE_NAME).exists()
    keyring = Keyring.open(directory / "keys", ledger_exists=exists)
    return await SqliteLedger.open(directory, keyring, on_failure=lambda: failures.append("failed"))


@pytest.mark.parametrize("fault", ["sync_fails", "is_full"])
async def test_after_a_failed_write_nothing_is_answered_and_nothing_acknowledged_is_lost(
    tmp_path: Path, disk: _Disk, fault: str
) -> None:
    """Waiters fail, the owner is told once, later calls are refused; a restart finds all acks."""
    failures: list[str] = []
    ledger = await _open(tmp_path, failures)
    for number in range(20):
        await ledger.append(record(number))

    setattr(disk, fault, True)
    results = await asyncio.gather(
        *(ledger.append(record(n)) for n in range(20, 40)), return_exceptions=True
    )
    setattr(disk, fault, False)

    assert all(isinstance(result, LedgerUnavailable) for result in results)
    assert failures == ["failed"]
    assert not ledger.healthy
    for call in (ledger.append(record(50)), ledger.find("mobile", "request-1")):
        with pytest.raises(LedgerUnavailable):
            await call
    await ledger.close()

    again = await _open(tmp_path, failures)
    report = await again.verify()
    stored = [await again.get(f"dec_mobile_{number}") for number in range(20)]
    await again.close()
    assert report.problem == ""
    assert all(stored)
