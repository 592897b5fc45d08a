"""``policy token``: the token that the server makes of the same identifier, and nothing raw."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from engine.api.identifiers import Links
from engine.api.problems import Problems
from engine.cli import main
from engine.privacy import Keyring, Tokeniser
from touchstone.v1 import types_pb2 as pb

ID_NUMBER = "11010519491231002X"
CODE = "91110000600037341L"


def ask(monkeypatch: pytest.MonkeyPatch, raw: bytes, *arguments: str) -> int:
    """The exit code with this standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    return main(["policy", "token", *arguments])


def served(data: Path, applicant: pb.Applicant, session: pb.DeviceSession) -> dict[str, str]:
    """What the server makes of a request's identifiers, by kind."""
    keyring = Keyring.open(data / "keys", ledger_exists=True)
    problems = Problems()
    links = Links(Tokeniser(keyring.token_key), problems)
    links.add_applicant("applicant", applicant)
    links.add_session("session", session)
    return {link.identifier.kind.value: link.identifier.key for link in links.sorted()}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A server's data directory."""
    Keyring.open(tmp_path / "keys", ledger_exists=False)
    return tmp_path


@pytest.mark.parametrize(
    "kind, raw, more",
    [
        ("device", "Fp-7 a", []),
        ("phone", "138 0013 8000", []),
        ("email", "Li.Lei@Example.com", []),
        ("address", "深圳市 南山区 1-2", []),
        ("employer", CODE, ["--by", "code"]),
        ("id_number", ID_NUMBER.lower(), ["--document", "cn_resident_id"]),
        ("bank_account", "6222 0000 0000 0001", []),
        ("ip", "203.0.113.7", []),
    ],
)
def test_it_is_the_servers_own(
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    raw: str,
    more: list[str],
) -> None:
    """Whatever the spelling; only the token is printed."""
    applicant = pb.Applicant(
        phones=["+86 13800138000"],
        emails=["li.lei@example.com"],
        addresses=[pb.Address(text="深圳市南山区1-2")],
        bank_accounts=["6222000000000001"],
        employer=pb.Employer(name="Any", unified_social_credit_code=CODE),
        id_document=pb.IdDocument(kind=pb.ID_DOCUMENT_KIND_CN_RESIDENT_ID, number=ID_NUMBER),
    )
    session = pb.DeviceSession(device_fingerprint="Fp-7 a", ip="203.0.113.7")
    assert ask(monkeypatch, f"{raw}\n".encode(), kind, "--data-dir", str(data), *more) == 0
    printed = capsys.readouterr()
    assert printed.out == served(data, applicant, session)[kind] + "\n"
    assert printed.err == ""


def test_an_employer_without_a_code_goes_by_its_name(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the server does."""
    applicant = pb.Applicant(employer=pb.Employer(name="Acme  Works"))
    keys = str(data / "keys")
    assert ask(monkeypatch, b"acme works\r\n", "employer", "--keys", keys) == 0
    assert (
        capsys.readouterr().out.strip() == served(data, applicant, pb.DeviceSession())["employer"]
    )


@pytest.mark.parametrize(
    "kind, raw, more, told",
    [
        ("phone", b"secret77\n", [], "phone number"),
        ("id_number", b"secret77", ["--document", "cn_resident_id"], "not a valid Chinese"),
        ("employer", b"secret77", ["--by", "code"], "social credit code"),
        ("device", b"secret77\nsecret78\n", [], "one line"),
        ("device", b"secret77\xff\n", [], "not UTF-8"),
        ("device", b"secret77" * 1000, [], "longer than"),
        ("device", b" \n", [], "standard input"),
    ],
)
def test_what_is_wrong_is_told_without_the_value(
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    raw: bytes,
    more: list[str],
    told: str,
) -> None:
    """Neither on standard output nor on standard error."""
    assert ask(monkeypatch, raw, kind, "--data-dir", str(data), *more) == 1
    printed = capsys.readouterr()
    assert told in printed.err
    assert "secret7" not in printed.err + printed.out


def test_on_a_terminal_it_asks_without_showing(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The prompt goes through ``getpass``, and says what to type."""
    asked: list[str] = []

    def typed(prompt: str) -> str:
        asked.append(prompt)
        return "Fp-7 a"

    monkeypatch.setattr("getpass.getpass", typed)
    terminal = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stdin", terminal)
    assert main(["policy", "token", "device", "--data-dir", str(data)]) == 0
    assert asked == ["device: "]
    assert capsys.readouterr().out.startswith("device:")


def test_keys_are_never_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A new key would give tokens that match nothing."""
    assert ask(monkeypatch, b"x\n", "device", "--data-dir", str(tmp_path)) == 1
    assert "missing" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["device"],
        ["shoe_size", "--keys", "k"],
        ["id_number", "--keys", "k"],
        ["device", "--keys", "k", "--document", "passport"],
        ["phone", "--keys", "k", "--region", "XX"],
    ],
)
def test_usage(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    """Told before anything is read."""
    with pytest.raises(SystemExit) as left:
        ask(monkeypatch, b"x\n", *arguments)
    assert left.value.code == 2


def test_every_kind_of_document_can_be_named() -> None:
    """As requests name them."""
    from engine.cli.policy_token import DOCUMENTS

    named = pb.IdDocumentKind.keys()[1:]
    assert [f"ID_DOCUMENT_KIND_{name.upper()}" for name in DOCUMENTS] == list(named)
