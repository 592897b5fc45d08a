"""Loads a policy bundle: reads, compiles, lints, digests. All or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from yaml.nodes import Node

from engine.errors import PolicyError
from engine.rules.contents import Contents, digest, read_contents
from engine.rules.definitions import Definition, types_of
from engine.rules.diagnostics import Code, Diagnostics, did_you_mean
from engine.rules.environment import Environment, Types, shared_environment
from engine.rules.lints import run_lints
from engine.rules.lists import PolicyList, Snooze
from engine.rules.model import Bundle, Ruleset, Strategy
from engine.rules.not_listed import warn_not_listed
from engine.rules.read_expressions import read_expressions
from engine.rules.read_lists import DIRECTORY, MAX_ENTRIES, read_list
from engine.rules.read_parameters import read_parameters
from engine.rules.read_reasons import read_reasons
from engine.rules.read_ruleset import RuleDraft, compile_ruleset, read_drafts
from engine.rules.read_snoozes import read_snoozes
from engine.rules.read_strategy import read_strategy
from engine.rules.read_wording import WORDING, default_wording, read_wording
from engine.rules.source import Source, Span
from engine.rules.tables.compile import compile_table
from engine.rules.tables.draft import TableDraft, is_table, read_table
from engine.rules.wording import Wordings
from engine.rules.yaml_source import PlainYaml, compose, plain, read_source

STRATEGY, REASONS, PRODUCTS = "strategy.yaml", "reasons.yaml", "products.yaml"
EXPRESSIONS, PARAMETERS, SNOOZES = "expressions.yaml", "parameters.yaml", "snoozes.yaml"

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
    lists = _lists(contents, found)
    params = _parameters(contents, products, found)
    drafts, tables = _drafts(contents, strategy, found) if strategy else ({}, {})
    names = _Names(drafts, tables, lists, params)
    named = _expressions(contents, names, params, found)
    rulesets = names.compile(drafts, tables, named, found)
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
        definitions=params | named,
        lists=lists,
        snoozes=_snoozes(contents, found),
        wording=_wording(contents, found),
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


def _parameters(
    contents: Contents, products: Mapping[str, PlainYaml], found: Diagnostics
) -> dict[str, Definition]:
    opened = _open(contents, PARAMETERS, found) if PARAMETERS in contents else None
    listed = products.get("products")
    known = tuple(listed) if isinstance(listed, dict) else ()
    return read_parameters(*opened, known, found) if opened else {}


def _lists(contents: Contents, found: Diagnostics) -> dict[str, PolicyList]:
    lists: dict[str, PolicyList] = {}
    for path in contents:
        name = path.removeprefix(DIRECTORY).removesuffix(".yaml")
        if f"{DIRECTORY}{name}.yaml" != path or "/" in name:
            continue
        opened = _open(contents, path, found)
        held = read_list(*opened, name, contents, found) if opened else None
        if held is not None:
            lists[name] = held
    if sum(len(held.entries) for held in lists.values()) > MAX_ENTRIES:
        message = f"all lists together have at most {MAX_ENTRIES} entries"
        found.error(Code.LIST_LIMIT, message, Span(DIRECTORY, 1, 1))
    return lists


def _snoozes(contents: Contents, found: Diagnostics) -> dict[str, tuple[Snooze, ...]]:
    opened = _open(contents, SNOOZES, found) if SNOOZES in contents else None
    return read_snoozes(*opened, found) if opened else {}


def _wording(contents: Contents, found: Diagnostics) -> Wordings:
    if WORDING not in contents:
        return default_wording()
    opened = _open(contents, WORDING, found)
    return read_wording(*opened, found) if opened else {}


def _expressions(
    contents: Contents, names: _Names, params: Mapping[str, Definition], found: Diagnostics
) -> dict[str, Definition]:
    opened = _open(contents, EXPRESSIONS, found) if EXPRESSIONS in contents else None
    return read_expressions(*opened, params, names.environment, found) if opened else {}


def _drafts(
    contents: Contents, strategy: Strategy, found: Diagnostics
) -> tuple[dict[str, tuple[RuleDraft, ...]], dict[str, TableDraft]]:
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
    return drafts, tables


class _Names:
    """What conditions may read beside the vocabulary."""

    def __init__(
        self,
        drafts: Mapping[str, tuple[RuleDraft, ...]],
        tables: Mapping[str, TableDraft],
        lists: Mapping[str, PolicyList],
        params: Mapping[str, Definition],
    ) -> None:
        signals = {draft.then.signal for rules in drafts.values() for draft in rules} - {""}
        signals.update(signal for table in tables.values() for signal in table.signals)
        self._signals = tuple(sorted(signals))
        self._lists = tuple(sorted(lists))
        self._params = params

    def environment(self, named: Types) -> Environment:
        """The environment in which these named expressions can be read."""
        return shared_environment(self._signals, self._lists, named, types_of(self._params))

    def compile(
        self,
        drafts: Mapping[str, tuple[RuleDraft, ...]],
        tables: Mapping[str, TableDraft],
        named: Mapping[str, Definition],
        found: Diagnostics,
    ) -> dict[str, Ruleset]:
        """The rulesets and tables with their conditions compiled."""
        environment = self.environment(types_of(named))
        trees = {path: item.tree for path, item in (*self._params.items(), *named.items())}
        return {
            name: compile_table(tables[name], environment, trees, found)
            if name in tables
            else compile_ruleset(name, f"{name}.yaml", rules, environment, trees, found)
            for name, rules in drafts.items()
        }


def _no_such_ruleset(contents: Contents, name: str, span: Span, found: Diagnostics) -> None:
    others = [path.removesuffix(".yaml") for path in contents if "/" not in path]
    hint = did_you_mean(name, others) or "the ruleset `x` is the file x.yaml beside the strategy"
    found.error(Code.UNKNOWN_REFERENCE, f"there is no file {name}.yaml", span, hint=hint)
