"""The command-line tool: what it prints and what it exits with."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import apsw
import pytest

from engine.cli import main
from engine.ledger import SqliteLedger
from engine.ledger.sqlite import FILE_NAME
from engine.privacy import Keyring
from tests.ledger_records import record

_POLICY = Path(__file__).resolve().parents[2] / "rulesets" / "credit_card"


def _ledger(directory: Path) -> None:
    async def fill() -> None:
        keyring = Keyring.open(directory / "keys", ledger_exists=False)
        ledger = await SqliteLedger.open(directory, keyring)
        for number in range(3):
            await ledger.append(record(number))
        await ledger.close()

    asyncio.run(fill())


def test_the_shipped_policy_is_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    """It says what it holds, and its digest."""
    assert main(["policy", "check", str(_POLICY)]) == 0
    assert "4 products" in capsys.readouterr().out


@pytest.mark.parametrize(
    "file, before, after, told",
    [
        ("fraud.yaml", "graph.device.fraud >= 2", "graph.devise.fraud >= 2", "fraud.yaml:"),
        ("products.yaml", "classic:", "classic: 7\n  nonsense:", "products.yaml"),
        ("strategy.yaml", "card_bureau", "no_such_card", "no_such_card"),
    ],
)
def test_a_broken_policy_is_told_with_its_place(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    file: str,
    before: str,
    after: str,
    told: str,
) -> None:
    """Rules, products and scorecards alike."""
    policy = tmp_path / "policy"
    shutil.copytree(_POLICY, policy)
    text = (policy / file).read_text(encoding="utf-8")
    assert before in text
    (policy / file).write_text(text.replace(before, after, 1), encoding="utf-8")

    assert main(["policy", "check", str(policy)]) == 1
    said = capsys.readouterr().err
    assert told in said
    assert said.endswith(": refused\n")


def test_an_intact_ledger_verifies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The head is printed, to be kept elsewhere."""
    _ledger(tmp_path)

    assert main(["ledger", "verify", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("3 records; head ")


def test_an_edited_ledger_does_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The record is named."""
    _ledger(tmp_path)
    connection = apsw.Connection(str(tmp_path / FILE_NAME))
    connection.execute("UPDATE records SET line_minor = 1 WHERE sequence = 2")
    connection.close()

    assert main(["ledger", "verify", str(tmp_path)]) == 1
    assert "record 2" in capsys.readouterr().err


def test_a_directory_without_a_ledger_is_no_ledger(tmp_path: Path) -> None:
    """Nothing is created in it."""
    assert main(["ledger", "verify", str(tmp_path)]) == 2
    assert not list(tmp_path.iterdir())
