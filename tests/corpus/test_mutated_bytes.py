"""The shipped policy with bytes changed: loaded, or refused with a diagnostic. Nothing else."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import cases
from engine.errors import PolicyError
from engine.policy import load_policy
from tests.unit.rules.bundles import SHIPPED

_TOKENS = (
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\t", "\u202e".encode(), "学".encode()[:2]),
    *(
        b"&a ",
        b"*a",
        b"!!python/name:os.system ",
        b"<<: ",
        b"---\n",
        b"? ",
        b"|",
        b">",
        b"%YAML 9\n",
    ),
    *(b"{", b"}", b"[", b"]", b"'", b'"', b": ", b"- ", b"#", b", ", b"~", b"null", b"true"),
    *(b"9" * 5_000, b"1e999", b"-0", b"0x1F", b".inf", b".nan", b"2026-02-30", b"[" * 400),
    *(b"signals.x", b"graph.device", b"has(", b")", b" && ", b" / 0", b"[0]", b".size()", b" ? "),
)
_FILES = sorted(
    path.relative_to(SHIPPED).as_posix()
    for path in SHIPPED.rglob("*")
    if path.suffix in {".yaml", ".json"}
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped policy, to be broken."""
    directory = tmp_path_factory.mktemp("policy") / "credit_card"
    shutil.copytree(SHIPPED, directory)
    return directory


def mutated(raw: bytes, draw: random.Random) -> bytes:
    """One to three changes: a byte, a piece left out, moved or doubled, or a token put in."""
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(raw) + 1)
        piece = raw[at : at + draw.choice((1, 1, 4, 30, 300))]
        match draw.randrange(5):
            case 0:
                raw = raw[:at] + bytes([draw.randrange(256)]) + raw[at + 1 :]
            case 1:
                raw = raw[:at] + raw[at + len(piece) :]
            case 2:
                raw = raw[:at] + piece + raw[at:]
            case 3:
                to = draw.randrange(len(raw) + 1)
                raw = raw[:to] + piece + raw[to:]
            case _:
                raw = raw[:at] + draw.choice(_TOKENS) + raw[at:]
    return raw


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_changed_bytes_are_refused_or_harmless(copy: Path, seed: int) -> None:
    """Only ``PolicyError``, and never without a word."""
    draw = random.Random(seed)
    refused = [error for error in _refusals(copy, draw, 20) if error is not None]
    assert refused
    assert all(str(error).strip() for error in refused)


def _refusals(copy: Path, draw: random.Random, count: int) -> Iterator[PolicyError | None]:
    for _ in range(count):
        name = draw.choice(_FILES)
        sound = (copy / name).read_bytes()
        (copy / name).write_bytes(mutated(sound, draw))
        try:
            load_policy(copy, checks=(cases.check,)).rules.close()
        except PolicyError as error:
            yield error
        else:
            yield None
        finally:
            (copy / name).write_bytes(sound)
