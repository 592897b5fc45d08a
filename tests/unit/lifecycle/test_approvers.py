"""The file of approvers and the signatures of reviews."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import PermissionDenied
from engine.lifecycle import load_approvers, new_key, sign
from engine.lifecycle.approvers import ApproversRefused

KEY = "A" * 43 + "="
DIGEST = "d" * 64


@pytest.mark.parametrize(
    "text, told",
    [
        ("[approvers", "cannot be read"),
        ("approvers = 3", "must name"),
        ("[approvers]\nann = 3", "`ann` is not 32 bytes"),
        ('[approvers]\nann = "AAAA"', "`ann` is not 32 bytes"),
        (f'[approvers]\nann = "{KEY[:-1]}!"', "`ann` is not 32 bytes"),
        (f'[approvers]\nann = "{KEY}"\nbob = "{KEY}"', "same key"),
    ],
)
def test_a_file_that_cannot_be_used_names_what_is_wrong(
    tmp_path: Path, text: str, told: str
) -> None:
    """And the file."""
    path = tmp_path / "approvers.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ApproversRefused, match=told) as refused:
        load_approvers(path)
    assert str(path) in str(refused.value)


def test_a_missing_file_is_not_nobody(tmp_path: Path) -> None:
    """A path that was mistyped must not pass for an empty list."""
    with pytest.raises(ApproversRefused, match="cannot be read"):
        load_approvers(tmp_path / "none.toml")
    assert load_approvers(None).keys == {}


def test_a_key_is_its_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    """Mode 600 from the first byte."""
    path = tmp_path / "ann.pem"
    new_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ApproversRefused, match="cannot be made"):
        new_key(path)


def test_a_signature_is_of_one_review_by_one_person(tmp_path: Path) -> None:
    """Not of another digest, the other verdict, or of somebody else."""
    lines = [f'{who} = "{new_key(tmp_path / who)}"' for who in ("ann", "bob")]
    path = tmp_path / "approvers.toml"
    path.write_text("[approvers]\n" + "\n".join(lines), encoding="utf-8")
    approvers = load_approvers(path)
    signature = sign(tmp_path / "ann", DIGEST, approve=True)
    approvers.require("ann", DIGEST, signature, approve=True)
    for name, digest, raw, approve in (
        ("bob", DIGEST, signature, True),
        ("ann", "e" * 64, signature, True),
        ("ann", DIGEST, signature, False),
        ("ann", DIGEST, bytes(64), True),
        ("ann", DIGEST, b"", True),
        ("eve", DIGEST, signature, True),
    ):
        with pytest.raises(PermissionDenied):
            approvers.require(name, digest, raw, approve=approve)
    with pytest.raises(ApproversRefused, match="no private key"):
        sign(path, DIGEST, approve=True)
