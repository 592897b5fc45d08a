"""Broken bundles are told what is wrong and where, within bounds of time and memory."""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine import cases, proof
from engine.check import check
from engine.errors import PolicyError
from engine.rules import Code, Diagnostic, Severity, load_bundle
from tests.corpus.bundles import CORPUS, PRODUCTS_AND_MODELS, PROOFS
from tests.unit.rules.bundles import SHIPPED, write_bundle

MAX_S = 20.0
"""Two orders above what the slowest needs on an idle machine: a hang is what this must catch."""
MAX_GROWTH_KB = 400_000

#: Findings that do not refuse a bundle.
_WARNINGS = {
    Code.ONLY_LEFT,
    Code.NO_EFFECT,
    Code.DOCUMENT_TEXT,
    Code.IDLE_REASON,
    Code.UNUSED_SIGNAL,
    Code.UNUSED_DEFINITION,
    Code.NOT_LISTED,
}
#: About files outside a bundle: told by `policy import`, and tried where it is.
_ELSEWHERE = {Code.SHEET_CONTENT, Code.SHEET_FILE}


def found_in(root: Path) -> tuple[Diagnostic, ...]:
    """Everything that is said of a bundle, by the loader or by proofs."""
    try:
        bundle = load_bundle(root, checks=(cases.check, proof.check))
    except PolicyError as error:
        return tuple(item for item in error.diagnostics if isinstance(item, Diagnostic))
    return (*bundle.warnings, *proof.check_rules(bundle, {}))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", CORPUS)
def test_each_is_told_what_and_where(name: str, tmp_path: Path) -> None:
    """The right code at the right place, and whatever else is said has a place too."""
    broken = CORPUS[name]
    root = write_bundle(tmp_path / "bundle", broken.files)
    broken.make(root)
    before, start = _peak_kb(), time.perf_counter()
    found = found_in(root)
    assert time.perf_counter() - start < MAX_S
    assert _peak_kb() - before < MAX_GROWTH_KB
    places = {(item.code, f"{item.span.path}:{item.span.line}") for item in found}
    assert (broken.code, broken.at) in places
    assert all(item.message for item in found)
    if name not in PROOFS and broken.code not in _WARNINGS:
        assert Severity.ERROR in {item.severity for item in found}


@pytest.mark.parametrize("name", PRODUCTS_AND_MODELS)
def test_products_and_models(name: str, tmp_path: Path) -> None:
    """As `policy check` tells them: with the entry, or with the stage that names the scorecard."""
    swapped = PRODUCTS_AND_MODELS[name]
    root = tmp_path / "policy"
    shutil.copytree(SHIPPED, root)
    text = (root / swapped.file).read_text(encoding="utf-8")
    assert swapped.before in text
    changed = text.replace(swapped.before, swapped.after, 1)
    (root / swapped.file).write_text(changed, encoding="utf-8")
    found = check(root, proofs=False).diagnostics
    told = [(item.code, f"{item.span.path}:{item.span.line}", item.message) for item in found]
    assert any(
        (code, at) == (swapped.code, swapped.at) and swapped.says in message
        for code, at, message in told
    ), told


def _peak_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_there_are_enough_of_them() -> None:
    """Every code at least once, at least 120 bundles."""
    assert len(CORPUS) >= 120
    assert set(Code) - _ELSEWHERE <= {broken.code for broken in CORPUS.values()}


def test_the_base_is_sound(tmp_path: Path) -> None:
    """What is said of a broken bundle is said of the patch."""
    assert found_in(write_bundle(tmp_path)) == ()


def test_a_bundle_that_is_not_there(tmp_path: Path) -> None:
    """Is said to lack its files."""
    missing = {item.span.path for item in found_in(tmp_path / "nowhere")}
    assert missing == {"strategy.yaml", "reasons.yaml"}


def test_a_link_within_the_bundle_is_followed(tmp_path: Path) -> None:
    """As Kubernetes mounts directories of configuration."""
    root = write_bundle(tmp_path)
    (root / "..data").mkdir()
    (root / "fraud.yaml").rename(root / "..data" / "fraud.yaml")
    (root / "fraud.yaml").symlink_to("..data/fraud.yaml")
    assert "fraud.yaml" in load_bundle(root).files


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything: become somebody who may not."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.mark.parametrize("name", ["fraud.yaml", "tests"])
def test_what_may_not_be_read_is_said(name: str) -> None:
    """A file, or a directory: never a bundle with less in it than it has."""
    with tempfile.TemporaryDirectory() as directory:
        root = write_bundle(Path(directory), {"tests/a.yaml": "suite: a\n"})
        root.chmod(0o755)
        found_in(root)  # whatever is imported late is imported by somebody who may
        (root / name).chmod(0)
        with as_nobody():
            found = found_in(root)
        (root / name).chmod(0o700)
    assert (Code.MISSING_FILE, name) in {(item.code, item.span.path) for item in found}
