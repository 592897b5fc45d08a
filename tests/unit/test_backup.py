"""Backups of a ledger: whole, verified, and never over anything."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from engine.backup import BackupFailed, back_up
from engine.cli import main
from engine.ledger import SqliteLedger
from engine.ledger.outside import verify_file
from engine.ledger.sqlite import FILE_NAME
from engine.lifecycle.store import BundleStore
from engine.privacy import Keyring
from tests.ledger_records import record


def _names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


async def _opened(directory: Path) -> SqliteLedger:
    keys = directory / "keys"
    return await SqliteLedger.open(directory, Keyring.open(keys, ledger_exists=keys.exists()))


async def _filled(directory: Path, records: int = 3) -> SqliteLedger:
    ledger = await _opened(directory)
    for number in range(records):
        await ledger.append(record(number))
    return ledger


async def test_a_backup_of_an_open_ledger_is_whole(tmp_path: Path) -> None:
    """Also of what only its write-ahead log holds, and it is opened by the same keys."""
    data, copy = tmp_path / "data", tmp_path / "copy"
    ledger = await _filled(data)
    report = await asyncio.to_thread(back_up, data, copy)
    await ledger.append(record(3))
    await ledger.close()

    assert (report.records, report.problem) == (3, "")
    assert _names(copy) == [FILE_NAME, "policies"]
    shutil.copytree(data / "keys", copy / "keys")
    restored = await _opened(copy)
    assert (await restored.verify()).head == report.head
    assert await restored.get("dec_mobile_2") is not None
    await restored.close()


async def test_a_backup_is_of_one_moment(tmp_path: Path) -> None:
    """Records that come while it copies are not in it, and do not make it begin anew."""
    data = tmp_path / "data"
    ledger = await _filled(data, 200)
    loop, steps = asyncio.get_running_loop(), []

    def write_meanwhile(done: int, _every: int) -> None:
        steps.append(done)
        written = ledger.append(record(1_000 + len(steps)))
        asyncio.run_coroutine_threadsafe(written, loop).result(10)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.backup._PAGES", 20)
        report = await asyncio.to_thread(back_up, data, tmp_path / "copy", write_meanwhile)
    last = (await ledger.verify()).records
    await ledger.close()

    assert len(steps) > 3
    assert steps == sorted(steps)
    assert (report.records, last) == (200, 200 + len(steps))


async def test_policies_that_decisions_refer_to_are_copied(tmp_path: Path) -> None:
    """A promise is kept under the policy that made it; half-written bundles stay behind."""
    data = tmp_path / "data"
    await (await _filled(data)).close()
    store = BundleStore(data / "policies")
    digest = store.put({"strategy.yaml": b"a", "lists/b.txt": b"c"})
    (data / "policies" / ".tmp-left").mkdir()
    back_up(data, tmp_path / "copy")

    assert _names(tmp_path / "copy" / "policies") == [digest]
    assert BundleStore(tmp_path / "copy" / "policies").path(digest).is_dir()


@pytest.mark.parametrize("there", ["file", "directory", "link"])
async def test_nothing_is_written_over(tmp_path: Path, there: str) -> None:
    """Whatever stands at the target stays."""
    data, target = tmp_path / "data", tmp_path / "copy"
    await (await _filled(data)).close()
    if there == "file":
        target.write_text("x")
    elif there == "directory":
        target.mkdir()
    else:
        target.symlink_to(tmp_path / "nowhere")

    with pytest.raises(BackupFailed, match="exists"):
        back_up(data, target)
    assert _names(tmp_path) == ["copy", "data"]


async def test_a_ledger_that_does_not_hold_is_not_backed_up(tmp_path: Path) -> None:
    """A copy of it would pass for a good one; nothing is left behind."""
    data = tmp_path / "data"
    ledger = await _filled(data)
    await ledger.close()
    raw = (data / FILE_NAME).read_bytes()
    (data / FILE_NAME).write_bytes(raw.replace(b"dec_mobile_1", b"dec_mobile_9"))

    with pytest.raises(BackupFailed):
        back_up(data, tmp_path / "copy")
    assert _names(tmp_path) == ["data"]


async def test_nobody_else_can_read_the_copy(tmp_path: Path) -> None:
    """Directory and file are the owner's."""
    await (await _filled(tmp_path / "data")).close()
    back_up(tmp_path / "data", tmp_path / "copy")

    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0
    assert (tmp_path / "copy" / FILE_NAME).stat().st_mode & 0o077 == 0


async def test_the_command_tells_the_head_and_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Head to note; the keys are not in it. What it made verifies without them."""
    await (await _filled(tmp_path / "data")).close()
    copy = str(tmp_path / "copy")

    assert main(["ledger", "backup", str(tmp_path / "data"), "--to", copy]) == 0
    told = capsys.readouterr().out
    assert told.startswith("3 records; head ")
    assert "the keys are not in it" in told
    assert main(["ledger", "verify", "--data-dir", copy]) == 0
    assert main(["ledger", "backup", str(tmp_path / "data"), "--to", copy]) == 1
    assert "exists" in capsys.readouterr().err


async def test_a_file_copied_without_its_log_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`cp` of the file alone, while a server runs, loses what the log holds: that is no success."""
    data, copy = tmp_path / "data", tmp_path / "copy"
    ledger = await _filled(data)
    copy.mkdir()
    shutil.copy(data / FILE_NAME, copy)
    shutil.copytree(data / "keys", copy / "keys")

    assert main(["ledger", "verify", str(copy)]) == 1
    assert "holds no record" in capsys.readouterr().err
    await ledger.close()


async def test_an_earlier_head_is_looked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is in the chain as long as nothing before it was removed or replaced."""
    ledger = await _filled(tmp_path)
    noted = (await ledger.verify()).head
    await ledger.append(record(7))
    await ledger.close()

    assert main(["ledger", "verify", str(tmp_path), "--contains-head", noted.upper()]) == 0
    assert "after 3 records" in capsys.readouterr().out
    assert main(["ledger", "verify", str(tmp_path), "--contains-head", "0" * 64]) == 1
    assert "never had the head" in capsys.readouterr().err


async def test_keys_of_another_ledger_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before a restore depends on them."""
    await (await _filled(tmp_path / "data")).close()
    Keyring.open(tmp_path / "other", ledger_exists=False)

    assert verify_file(tmp_path / "data").problem == ""
    assert (
        main(["ledger", "verify", str(tmp_path / "data"), "--keys", str(tmp_path / "other")]) == 1
    )
    assert "not the one" in capsys.readouterr().err
