"""``tests/*.yaml`` of a bundle: suites of cases, single ones and tables of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engine.cases import read_application, read_expect, read_facts
from engine.cases.draft import Draft
from engine.cases.known import Known, known_of
from engine.cases.model import Case, Suite
from engine.cases.values import Values
from engine.model import SourceStatus
from engine.rules import vocabulary
from engine.rules.diagnostics import Code, Diagnostics, did_you_mean
from engine.rules.model import Bundle
from engine.rules.reader import Reader
from engine.rules.yaml_source import compose, node_span, read_source

DIRECTORY = "tests/"
#: The bound of a file's YAML nodes bounds the cases of a suite.
MAX_ROWS = 10_000
#: A cell of a table that says nothing.
EMPTY = "_"

_GIVEN = ("facts", "application", "sources", "on", "base")
_CASE = (*_GIVEN, "expect", "only", "skip", "description")


def load_suites(bundle: Bundle) -> tuple[Suite, ...]:
    """The suites beside the bundle's rulesets; ``PolicyError`` with everything that is wrong."""
    found = Diagnostics()
    names = [name for name in bundle.files if is_suite(name)]
    contents = {name: (bundle.root / name).read_bytes() for name in names}
    suites = read_suites(bundle, contents, found)
    found.refuse_if_errors()
    return suites


def is_suite(name: str) -> bool:
    """Whether a file of a bundle holds cases."""
    path = Path(name)
    return name.startswith(DIRECTORY) and path.suffix in {".yaml", ".yml"}


def check(bundle: Bundle, contents: Mapping[str, bytes], found: Diagnostics) -> None:
    """Report everything that is wrong with the suites of a bundle."""
    read_suites(bundle, contents, found)


def read_suites(
    bundle: Bundle, contents: Mapping[str, bytes], found: Diagnostics
) -> tuple[Suite, ...]:
    """Every suite, by file name. Names of the policy are not asked for where it is incomplete."""
    known = known_of(bundle, complete=not found.has_errors)
    suites: list[Suite] = []
    for name in sorted(filter(is_suite, contents)):
        source = read_source(contents, name, found)
        node = compose(source, found) if source is not None else None
        if source is not None and node is not None:
            suites.append(_SuiteReader(Values(source, known, found), node).suite())
    return tuple(suites)


class _SuiteReader:
    """One file."""

    def __init__(self, values: Values, node: Node) -> None:
        self.values, self.found = values, values.found
        self.reader = Reader(values.source, node, values.found, "the suite")
        self.seen: set[str] = set()
        self.cases: list[Case] = []

    @property
    def known(self) -> Known:
        """The names of the policy."""
        return self.values.known

    def suite(self) -> Suite:
        reader = self.reader
        reader.allow(("suite", "cases"), ("description", "given"))
        draft = Draft(sources=dict.fromkeys(vocabulary.KNOWN_SOURCES, SourceStatus.OK))
        given = reader.node_of("given")
        if given is not None:
            inner = Reader(reader.source, given, self.found, "`given`")
            inner.allow((), (*_GIVEN, "expect"))
            self._give(inner, draft)
        items = reader.list_of("cases")
        for item in items:
            self._entry(item, draft)
        if not items and isinstance(reader.node_of("cases"), Node):
            self._empty(reader.node_of("cases"), "the suite has no case")
        return Suite(
            name=reader.text("suite"),
            description=reader.text("description"),
            path=reader.source.path,
            cases=tuple(self.cases),
        )

    def _empty(self, node: Node | None, message: str) -> None:
        if node is not None:
            self.values.report(Code.EMPTY_SUITE, node, message)

    def _give(self, reader: Reader, draft: Draft) -> None:
        """Read what a mapping gives into the draft."""
        values = self.values
        for name, (_, node) in reader.items.items():
            if name == "facts":
                for path, key, value in values.entries(node, "`facts`"):
                    self._fact(draft, path, key, value)
            elif name == "application":
                draft.application |= read_application.application(values, node)
            elif name == "sources":
                for source, key, value in values.entries(node, "`sources`"):
                    self._source(draft, source, key, value)
            elif name == "on":
                draft.on = values.day(node, "`on`") or draft.on
            elif name == "base":
                draft.base_unknown = self._base(node, draft)
            elif name == "expect":
                draft.expects = node
                draft.expect |= read_expect.expectations(values, node)

    def _base(self, node: Node, draft: Draft) -> bool:
        if isinstance(node, ScalarNode) and node.value in {"unknown", "standard"}:
            return bool(node.value == "unknown")
        self.values.wrong(node, "`base` must be standard or unknown")
        return draft.base_unknown

    def _fact(self, draft: Draft, path: str, key: Node, value: Node) -> None:
        if read_facts.is_fact(path):
            read_facts.refuse_unknown_list(self.values, key, path)
            draft.facts[path] = read_facts.fact(self.values, path, value)
        else:
            read_facts.unknown_path(self.values, key, path)

    def _source(self, draft: Draft, name: str, key: Node, value: Node) -> None:
        if self.values.name(key, "source", self.known.sources) is not None:
            self._status(draft, name, value)

    def _status(self, draft: Draft, name: str, value: Node) -> None:
        status = self.values.choice(value, "status of a source", SourceStatus)
        if status is not None:
            draft.sources[name] = status

    def _entry(self, node: Node, given: Draft) -> None:
        """A case, or a table of cases."""
        is_table = isinstance(node, MappingNode) and "table" in {k.value for k, _ in node.value}
        what = "a table" if is_table else "a case"
        reader = Reader(self.reader.source, node, self.found, what)
        if not isinstance(node, MappingNode):
            return
        draft = given.over()
        if is_table:
            reader.allow(("table", "columns", "rows"), _CASE)
        else:
            reader.allow(("name",), _CASE)
        self._give(reader, draft)
        only, skip = reader.node_of("only"), reader.node_of("skip")
        draft.only = only is not None and bool(self.values.flag(only, "`only`"))
        draft.skip = reader.text("skip") if skip is not None else ""
        if is_table:
            self._table(reader, draft)
        else:
            self._add(reader.text("name"), draft, reader.node_of("name") or node)

    def _table(self, reader: Reader, draft: Draft) -> None:
        title = reader.text("table")
        columns = [node for node in reader.list_of("columns") if self._is_column(node)]
        rows = reader.list_of("rows")
        if not rows and reader.node_of("rows") is not None:
            self._empty(reader.node_of("rows"), f"the table `{title}` has no row")
        if len(columns) != len(reader.list_of("columns")):
            return
        if len(rows) > MAX_ROWS:
            message = f"the table `{title}` has {len(rows)} rows, more than {MAX_ROWS}"
            self.values.report(Code.FILE_LIMIT, rows[MAX_ROWS], message, "split it into several")
            return
        for row in rows:
            cells = self.values.items(row, "a row")
            if cells and len(cells) != len(columns):
                message = f"the row has {len(cells)} cells, the table {len(columns)} columns"
                self.values.report(Code.CASE_ROW, row, message)
            elif cells:
                self._row(title, columns, cells, draft.over(), row)

    def _is_column(self, node: Node) -> bool:
        name = str(node.value) if isinstance(node, ScalarNode) else ""
        first, _, rest = name.partition(".")
        if name in {"name", "on"} or read_facts.is_fact(name):
            return True
        fields: dict[str, Collection[str]] = {
            "expect": read_expect.FIELDS,
            "application": read_application.FIELDS,
            "sources": self.known.sources,
        }
        if rest in fields.get(first, ()):
            return True
        columns = (
            *("name", "on"),
            *vocabulary.fields(),
            *(f"{group}.{item}" for group, items in fields.items() for item in items),
        )
        message = f"there is no column `{name}`"
        hint = did_you_mean(name, columns) or "a column is a vocabulary path or `expect.outcome`"
        self.values.report(Code.CASE_UNKNOWN_PATH, node, message, hint)
        return False

    def _row(
        self, title: str, columns: list[Node], cells: Iterable[Node], draft: Draft, row: Node
    ) -> None:
        name, told = "", []
        for column, cell in zip(columns, cells, strict=True):
            path = str(column.value)
            first, _, rest = path.partition(".")
            if isinstance(cell, ScalarNode) and cell.value == EMPTY and cell.style is None:
                continue
            if path == "name":
                name = self.values.text(cell, "`name`") or ""
            elif path == "on":
                draft.on = self.values.day(cell, "`on`") or draft.on
            elif first == "expect":
                draft.expects = row
                draft.expect[rest] = read_expect.FIELDS[rest](self.values, cell)
            elif first == "sources":
                self._status(draft, rest, cell)
            else:
                self._set(draft, path, column, cell)
            if first != "expect" and path != "name" and isinstance(cell, ScalarNode):
                told.append(f"{path} {cell.value}")
        self._add(f"{title}: {name or ', '.join(told)}", draft, row)

    def _set(self, draft: Draft, path: str, column: Node, cell: Node) -> None:
        if read_facts.is_fact(path):
            self._fact(draft, path, column, cell)
        else:
            name, value = read_application.field(
                self.values, path.removeprefix("application."), cell
            )
            draft.application[name] = value

    def _add(self, name: str, draft: Draft, node: Node) -> None:
        values = self.values
        if name in self.seen:
            hint = "give the rows a column `name`" if isinstance(node, SequenceNode) else ""
            values.report(Code.DUPLICATE_CASE, node, f"there are two cases `{name}`", hint)
        self.seen.add(name)
        expect = read_expect.expectation(draft.expect)
        if draft.expects is None:
            self._empty(node, f"the case `{name}` expects nothing")
        read_expect.refuse_impossible(values, draft.expects or node, expect)
        self._refuse_known_unknowns(draft, node)
        if draft.only:
            self.found.warning(
                Code.ONLY_LEFT,
                f"only `{name}` runs, all other cases are skipped",
                node_span(values.source, node),
                hint="remove `only` before the policy is proposed",
            )
        self.cases.append(
            Case(
                name=name,
                facts=draft.facts,  # type: ignore[arg-type]
                application=draft.application,
                sources=draft.sources,
                on=draft.on,
                base_unknown=draft.base_unknown,
                expect=expect,
                only=draft.only,
                skip=draft.skip,
                span=node_span(values.source, node),
            )
        )

    def _refuse_known_unknowns(self, draft: Draft, node: Node) -> None:
        """Nobody knows the facts of a source that did not answer."""
        for path, value in draft.facts.items():
            source = vocabulary.SOURCE_OF_ROOT.get(path.partition(".")[0], "")
            status = draft.sources.get(source, SourceStatus.OK)
            if status is not SourceStatus.OK and value is not None:
                message = f"`{path}` cannot be known while {source} is {status.value}"
                self.values.report(Code.IMPOSSIBLE_CASE, node, message)
