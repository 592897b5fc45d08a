"""Loads a policy bundle: reads, compiles, lints, digests. All or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from yaml.nodes import Node

from engine.rules.diagnostics import Code, Diagnostics, did_you_mean
from engine.rules.environment import shared_environment
from engine.rules.lints import run_lints
from engine.rules.model import Bundle, Ruleset, Strategy
from engine.rules.read_reasons import read_reasons
from engine.rules.read_ruleset import RuleDraft, compile_ruleset, read_drafts
from engine.rules.read_strategy import read_strategy
from engine.rules.source import Source, Span
from engine.rules.yaml_source import PlainYaml, compose, plain, read_source

STRATEGY, REASONS, PRODUCTS = "strategy.yaml", "reasons.yaml", "products.yaml"
MAX_FILES = 1_000


def load_bundle(root: Path) -> Bundle:
    """The bundle under ``root``, or ``PolicyError`` with every diagnostic rendered."""
    root = root.resolve()
    files = bundle_files(root)
    found = Diagnostics()
    strategy = _strategy(root, found)
    reasons_at = _open(root, REASONS, found)
    reasons = read_reasons(*reasons_at, found) if reasons_at else {}
    products = _products(root, found) if PRODUCTS in files else {}
    rulesets = _rulesets(root, strategy, found) if strategy else {}
    if strategy is None:
        found.refuse_if_errors()
        raise AssertionError("a strategy that was not read has left a diagnostic")
    bundle = Bundle(
        name=strategy.name,
        digest=digest(root, files),
        root=root,
        strategy=strategy,
        rulesets=rulesets,
        reasons=reasons,
        products=products,
        files=files,
        warnings=(),
    )
    run_lints(bundle, found)
    found.refuse_if_errors()
    return replace(bundle, warnings=found.found)


def bundle_files(root: Path) -> tuple[str, ...]:
    """Relative paths of the bundle's files, sorted; dot files are not part of it."""
    found = sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
    )
    return tuple(found)


def digest(root: Path, files: Iterable[str]) -> str:
    """SHA-256 over paths and contents, each with its length before it, so that nothing shifts."""
    total = hashlib.sha256()
    for name in files:
        content = (root / name).read_bytes()
        for part in (name.encode(), content):
            total.update(len(part).to_bytes(8, "big"))
            total.update(part)
    return total.hexdigest()


def _open(root: Path, name: str, found: Diagnostics) -> tuple[Source, Node] | None:
    source = read_source(root, name, found)
    node = compose(source, found) if source is not None else None
    return None if source is None or node is None else (source, node)


def _strategy(root: Path, found: Diagnostics) -> Strategy | None:
    opened = _open(root, STRATEGY, found)
    return read_strategy(*opened, found) if opened else None


def _products(root: Path, found: Diagnostics) -> dict[str, PlainYaml]:
    opened = _open(root, PRODUCTS, found)
    if opened is None:
        return {}
    value = plain(opened[1])
    if isinstance(value, dict):
        return value
    found.error(Code.WRONG_VALUE, "the products must be a mapping", Span(PRODUCTS, 1, 1))
    return {}


def _rulesets(root: Path, strategy: Strategy, found: Diagnostics) -> dict[str, Ruleset]:
    drafts: dict[str, tuple[RuleDraft, ...]] = {}
    for stage in strategy.stages:
        for name in stage.rulesets:
            if not (root / f"{name}.yaml").is_file():
                _no_such_ruleset(root, name, stage.span, found)
                drafts[name] = ()
                continue
            opened = _open(root, f"{name}.yaml", found)
            drafts[name] = read_drafts(*opened, name, found) if opened else ()
    signals = {draft.then.signal for rules in drafts.values() for draft in rules} - {""}
    environment = shared_environment(tuple(sorted(signals)))
    return {
        name: compile_ruleset(name, f"{name}.yaml", rules, environment, found)
        for name, rules in drafts.items()
    }


def _no_such_ruleset(root: Path, name: str, span: Span, found: Diagnostics) -> None:
    others = [path.stem for path in root.glob("*.yaml")]
    hint = did_you_mean(name, others) or "the ruleset `x` is the file x.yaml beside the strategy"
    found.error(Code.UNKNOWN_REFERENCE, f"there is no file {name}.yaml", span, hint=hint)
