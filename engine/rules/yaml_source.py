"""YAML with positions: composed, never constructed, and only the plain part of the language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.hidden import find_hidden
from engine.rules.source import Source, Span, span_at

MAX_FILE_BYTES = 1_000_000
MAX_DEPTH = 12
MAX_NODES = 60_000
MAX_NUMBER_CHARACTERS = 100

_BOOL = "tag:yaml.org,2002:bool"
_INT = "tag:yaml.org,2002:int"
_FLOAT = "tag:yaml.org,2002:float"
_NULL = "tag:yaml.org,2002:null"

_SYNTAX_HINTS = {
    "mapping values": "put a text with `: ` in quotes, or after `|`",
    "'>' that cannot start": "put a text that starts with `>` in quotes: '>= 0.4'",
    "block sequence entries are not allowed": "put a dash that stands alone in quotes: '-'",
    "but found '-'": "put a dash that stands alone in quotes: '-'",
    "expected ',' or ']'": "put a text with brackets in quotes: '[0.25 .. 0.40)'",
}

PlainYaml = None | bool | int | float | str | list["PlainYaml"] | dict[str, "PlainYaml"]


class _Loader(yaml.SafeLoader):
    """YAML 1.2's core scalars: ``on``, ``yes``, ``010``, ``1:30`` and dates stay strings."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


_Loader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver(_INT, re.compile(r"^[-+]?(?:0|[1-9][0-9_]*)$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    _FLOAT,
    re.compile(r"^[-+]?(?:0|[1-9][0-9_]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$"),
    list("-+0123456789"),
)
_Loader.add_implicit_resolver(_NULL, re.compile(r"^(?:~|null|)$"), ["~", "n", ""])


def read_source(contents: Mapping[str, bytes], relative: str, found: Diagnostics) -> Source | None:
    """Decode one UTF-8 file (a BOM is dropped); ``None`` after a diagnostic."""
    nowhere = Span(relative, 1, 1)
    raw = contents.get(relative)
    if raw is None:
        found.error(Code.MISSING_FILE, f"the bundle has no file {relative}", nowhere)
        return None
    if len(raw) > MAX_FILE_BYTES:
        refuse_too_long(relative, found)
        return None
    return _decode(relative, raw, found)


def refuse_too_long(relative: str, found: Diagnostics) -> None:
    """Report a file beyond the bound, which is not read further."""
    message = f"`{relative}` has more than {MAX_FILE_BYTES} bytes"
    found.error(Code.FILE_LIMIT, message, Span(relative, 1, 1), hint="split it into several files")


def _decode(relative: str, raw: bytes, found: Diagnostics) -> Source | None:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found.error(
            Code.ENCODING,
            f"`{relative}` is not UTF-8: byte {error.start} cannot be decoded",
            Span(relative, line, 1),
            hint="save the file as UTF-8",
        )
        return None
    source = Source(relative, text, private=_may_hold_identifiers(relative, text))
    found.add_source(source)
    hidden = find_hidden(text)
    if hidden is not None:
        index, name = hidden
        _refuse_hidden(name, span_at(source, index, 1), found)
        return None
    return source


def _refuse_hidden(name: str, place: Span, found: Diagnostics) -> None:
    hint = "remove it: people read another text than the engine"
    found.error(Code.ENCODING, f"a character that cannot be seen: {name}", place, hint=hint)


def _may_hold_identifiers(relative: str, text: str) -> bool:
    """Snoozes and lists of tokens: a raw identifier may stand where a token belongs."""
    return relative == "snoozes.yaml" or (relative.startswith("lists/") and "identifier" in text)


def compose(source: Source, found: Diagnostics) -> Node | None:
    """Compose the one document of a file; ``None`` after a diagnostic."""
    try:
        root = _compose(source)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if "<stream end>" in (error.problem or ""):
            mark = error.context_mark or mark  # where that began which never ends
        place = span_at(source, mark.index if mark else 0, 1)
        problem = error.problem or error.context or ""
        hint = next((hint for said, hint in _SYNTAX_HINTS.items() if said in problem), "")
        found.error(Code.YAML_SYNTAX, f"YAML: {problem}", place, hint=hint)
        return None
    except yaml.YAMLError as error:
        index = getattr(error, "position", 0)
        found.error(Code.YAML_SYNTAX, f"YAML: {_first_line(error)}", span_at(source, index, 1))
        return None
    except _RefusedError as refused:
        found.error(refused.code, refused.message, refused.span, hint=refused.hint)
        return None
    if root is None:
        found.error(Code.YAML_SYNTAX, "YAML: the file is empty", span_at(source, 0, 1))
        return None
    return root


class _RefusedError(Exception):
    """A part of YAML that bundles do not use."""

    def __init__(self, code: Code, message: str, span: Span, hint: str = "") -> None:
        self.code, self.message, self.span, self.hint = code, message, span, hint
        super().__init__(message)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _compose(source: Source) -> Node | None:
    _refuse_events(source)
    loader = _Loader(source.text)
    try:
        node = loader.get_single_node()
    finally:
        loader.dispose()
    if node is not None:
        _refuse_duplicates(source, node)
    return node


def _refuse_events(source: Source) -> None:
    """Refuse anchors, aliases, tags and depth on the event stream, before nodes are built."""
    depth = 0
    for count, event in enumerate(yaml.parse(source.text, Loader=_Loader)):
        place = span_at(source, _index(event), 1)
        if count > MAX_NODES:
            raise _RefusedError(Code.FILE_LIMIT, f"more than {MAX_NODES} YAML nodes", place)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            hint = "write the value out: a reader must see it where it is used"
            raise _RefusedError(
                Code.YAML_FEATURE, "anchors and aliases are not allowed", place, hint
            )
        if getattr(event, "tag", None):
            hint = "quote a condition that starts with `!`: '!bureau.present'"
            raise _RefusedError(Code.YAML_FEATURE, "YAML tags are not allowed", place, hint)
        hidden = find_hidden(event.value) if isinstance(event, yaml.ScalarEvent) else None
        if hidden is not None:
            message = f"an escape for a character that cannot be seen: {hidden[1]}"
            raise _RefusedError(Code.ENCODING, message, place)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _RefusedError(
                    Code.FILE_LIMIT, f"nested deeper than {MAX_DEPTH} levels", place
                )
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _index(event: yaml.Event) -> int:
    return event.start_mark.index if event.start_mark is not None else 0


def _refuse_duplicates(source: Source, node: Node) -> None:
    if isinstance(node, SequenceNode):
        for item in node.value:
            _refuse_duplicates(source, item)
        return
    if not isinstance(node, MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            raise _RefusedError(Code.YAML_FEATURE, "a key must be a name", node_span(source, key))
        if key.value in seen:
            raise _RefusedError(
                Code.DUPLICATE_KEY,
                "a key is given twice" if source.private else f"key `{key.value}` is given twice",
                node_span(source, key),
                "YAML would keep only the last one, silently",
            )
        seen.add(key.value)
        _refuse_duplicates(source, value)


def node_span(source: Source, node: Node) -> Span:
    """The first line of a node."""
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, (MappingNode, SequenceNode)) and not node.flow_style:
        end = start + 1
    return span_at(source, start, end - start)


def is_null(node: Node) -> bool:
    """Whether a scalar says nothing: empty, ``~`` or ``null``."""
    return bool(node.tag == _NULL)


def plain(node: Node) -> PlainYaml:
    """Plain Python values of a composed node."""
    if isinstance(node, MappingNode):
        return {key.value: plain(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.value]
    return scalar(node)


def scalar(node: Node) -> bool | int | float | str | None:
    """The value of a scalar node; a number that no field can hold stays a text."""
    text = str(node.value)
    if len(text) > MAX_NUMBER_CHARACTERS and node.tag in {_INT, _FLOAT}:
        return text
    if node.tag == _BOOL:
        return text == "true"
    if node.tag == _INT:
        return int(text.replace("_", ""))
    if node.tag == _FLOAT:
        number = float(text.replace("_", ""))
        return number if isfinite(number) else text
    return None if node.tag == _NULL else text
