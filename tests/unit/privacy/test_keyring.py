"""Keys: made once, kept to their owner, never replaced in silence, never printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.privacy import Keyring, KeyringError


def test_keys_are_made_once_for_their_owner_only(tmp_path: Path) -> None:
    """The second start reads what the first one wrote."""
    directory = tmp_path / "keys"
    first = Keyring.open(directory, ledger_exists=False)

    assert Keyring.open(directory, ledger_exists=True) == first
    assert first.token_key != first.master_key
    assert {file.stat().st_mode & 0o777 for file in directory.iterdir()} == {0o600}


@pytest.mark.parametrize("missing", ["token.key", "master.key"])
@pytest.mark.parametrize("ledger_exists", [True, False])
def test_one_missing_key_is_told_and_not_replaced(
    tmp_path: Path, missing: str, *, ledger_exists: bool
) -> None:
    """Half a key ring is a mistake, whether there is a ledger or not."""
    Keyring.open(tmp_path, ledger_exists=False)
    (tmp_path / missing).unlink()

    with pytest.raises(KeyringError, match=missing):
        Keyring.open(tmp_path, ledger_exists=ledger_exists)
    assert not (tmp_path / missing).exists()


def test_a_ledger_without_keys_gets_no_new_ones(tmp_path: Path) -> None:
    """Every known identifier would become a stranger."""
    with pytest.raises(KeyringError, match="restore"):
        Keyring.open(tmp_path / "keys", ledger_exists=True)
    assert not (tmp_path / "keys").exists()


def test_a_key_open_to_others_or_of_another_length_is_refused(tmp_path: Path) -> None:
    """The text says which file and what to do."""
    Keyring.open(tmp_path, ledger_exists=False)
    key = tmp_path / "token.key"
    key.chmod(0o640)
    with pytest.raises(KeyringError, match="chmod 600"):
        Keyring.open(tmp_path, ledger_exists=True)
    key.chmod(0o600)
    key.write_bytes(b"short")
    with pytest.raises(KeyringError, match="32 bytes"):
        Keyring.open(tmp_path, ledger_exists=True)


def test_neither_the_ring_nor_its_ids_show_a_key(tmp_path: Path) -> None:
    """The ids stand in the ledger's file and in error texts."""
    ring = Keyring.open(tmp_path, ledger_exists=False)
    shown = repr(ring) + repr(dict(ring.key_ids))

    for key in (ring.token_key, ring.master_key):
        assert key.hex()[:8] not in shown
        assert repr(key) not in shown
    assert len(set(ring.key_ids.values())) == 2
