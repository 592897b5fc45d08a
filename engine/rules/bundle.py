"""Loads a policy bundle: reads, compiles, lints, digests. All or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from yaml.nodes import Node

from engine.errors import PolicyError
from engine.rules.contents import Contents, digest, read_contents
from engine.rules.diagnostics import Code, Diagnostics, did_you_mean
from engine.rules.environment import shared_environment
from engine.rules.lints import run_lints
from engine.rules.model import Bundle, Ruleset, Strategy
from engine.rules.not_listed import warn_not_listed
from engine.rules.read_reasons import read_reasons
from engine.rules.read_ruleset import RuleDraft, compile_ruleset, read_drafts
from engine.rules.read_strategy import read_strategy
from engine.rules.source import Source, Span
from engine.rules.tables.compile import compile_table
from engine.rules.tables.draft import TableDraft, is_table, read_table
from engine.rules.yaml_source import PlainYaml, compose, plain, read_source

STRATEGY, REASONS, PRODUCTS = "strategy.yaml", "reasons.yaml", "products.yaml"

#: Reports what is wrong with files that a decision does not need, such as a policy's own tests.
Check = Callable[[Bundle, Contents, Diagnostics], None]


def load_bundle(root: Path, checks: Sequence[Check] = ()) -> Bundle:
    """The bundle under ``root``, or ``PolicyError`` with every diagnostic rendered.

    Each file is read once, so that the digest is that of what was loaded. ``checks``: further
    ones that run beside the lints and report together with them.
    """
    root = root.resolve()
    found = Diagnostics()
    contents = read_contents(root, found)
    strategy = _strategy(contents, found)
    reasons_at = _open(contents, REASONS, found)
    reasons = read_reasons(*reasons_at, found) if reasons_at else {}
    products = _products(contents, found) if PRODUCTS in contents else {}
    rulesets = _rulesets(contents, strategy, found) if strategy else {}
    if strategy is not None:
        warn_not_listed(contents, strategy, found)
    if strategy is None:
        found.refuse_if_errors()
        raise AssertionError("a strategy that was not read has left a diagnostic")
    bundle = Bundle(
        name=strategy.name,
        digest=digest(contents),
        root=root,
        strategy=strategy,
        rulesets=rulesets,
        reasons=reasons,
        products=products,
        files=tuple(contents),
        warnings=(),
    )
    run_lints(bundle, found)
    for check in checks:
        check(bundle, contents, found)
    found.refuse_if_errors()
    return replace(bundle, warnings=found.found)


def sources_of(bundle: Bundle) -> Mapping[str, Source]:
    """The texts that diagnostics of a loaded bundle point into, read again from its files."""
    found = Diagnostics()
    contents = {
        name: (bundle.root / name).read_bytes()
        for name in bundle.files
        if name.endswith(".yaml") and (bundle.root / name).is_file()
    }
    opened = {name: read_source(contents, name, found) for name in contents}
    return {name: source for name, source in opened.items() if source is not None}


def sources_under(root: Path) -> Mapping[str, Source]:
    """The YAML texts under a directory that may hold no sound bundle; what is no text is left out.

    At most as much is read as a bundle may hold.
    """
    found = Diagnostics()
    try:
        contents = read_contents(root.resolve(), found)
    except PolicyError:
        return {}
    names = [name for name in contents if name.endswith((".yaml", ".yml"))]
    opened = {name: read_source(contents, name, found) for name in names}
    return {name: source for name, source in opened.items() if source is not None}


def _open(contents: Contents, name: str, found: Diagnostics) -> tuple[Source, Node] | None:
    source = read_source(contents, name, found)
    node = compose(source, found) if source is not None else None
    return None if source is None or node is None else (source, node)


def _strategy(contents: Contents, found: Diagnostics) -> Strategy | None:
    opened = _open(contents, STRATEGY, found)
    return read_strategy(*opened, found) if opened else None


def _products(contents: Contents, found: Diagnostics) -> dict[str, PlainYaml]:
    opened = _open(contents, PRODUCTS, found)
    if opened is None:
        return {}
    value = plain(opened[1])
    if isinstance(value, dict):
        return value
    found.error(Code.WRONG_VALUE, "the products must be a mapping", Span(PRODUCTS, 1, 1))
    return {}


def _rulesets(contents: Contents, strategy: Strategy, found: Diagnostics) -> dict[str, Ruleset]:
    drafts: dict[str, tuple[RuleDraft, ...]] = {}
    tables: dict[str, TableDraft] = {}
    for stage in strategy.stages:
        for name in stage.rulesets:
            drafts[name] = ()
            if f"{name}.yaml" not in contents:
                _no_such_ruleset(contents, name, stage.span, found)
                continue
            opened = _open(contents, f"{name}.yaml", found)
            if opened and is_table(opened[1]):
                tables[name] = read_table(*opened, name, found)
            elif opened:
                drafts[name] = read_drafts(*opened, name, found)
    signals = {draft.then.signal for rules in drafts.values() for draft in rules} - {""}
    signals.update(signal for table in tables.values() for signal in table.signals)
    environment = shared_environment(tuple(sorted(signals)))
    return {
        name: compile_table(tables[name], environment, found)
        if name in tables
        else compile_ruleset(name, f"{name}.yaml", rules, environment, found)
        for name, rules in drafts.items()
    }


def _no_such_ruleset(contents: Contents, name: str, span: Span, found: Diagnostics) -> None:
    others = [path.removesuffix(".yaml") for path in contents if "/" not in path]
    hint = did_you_mean(name, others) or "the ruleset `x` is the file x.yaml beside the strategy"
    found.error(Code.UNKNOWN_REFERENCE, f"there is no file {name}.yaml", span, hint=hint)
