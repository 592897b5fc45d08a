"""``proofs.yaml``: what must hold of every decision, stated once and proved before activation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from yaml.nodes import Node, ScalarNode

from engine.outcome import Outcome
from engine.rules import Bundle, Code, vocabulary
from engine.rules.condition import Condition, compile_condition
from engine.rules.definitions import types_of
from engine.rules.diagnostics import Diagnostics, did_you_mean
from engine.rules.environment import Environment, shared_environment
from engine.rules.positions import value_positions
from engine.rules.reader import UPPER_NAME, Reader
from engine.rules.source import Source, Span, span_at
from engine.rules.vocabulary import NAMED, PARAMS, SIGNALS
from engine.rules.yaml_source import compose, read_source

FILE = "proofs.yaml"
MAX_CLAIMS = 100
_MAX_AMOUNT_MINOR = 10**15


class Kind(StrEnum):
    """What a claim says; the values are the keys of the file."""

    NEVER = "never"
    ALWAYS = "always"
    LINE_AT_MOST = "line_at_most_minor"
    NEVER_LOWERS = "never_lowers"
    NEVER_RAISES = "never_raises"
    NEVER_IMPROVES = "never_improves"
    NEVER_WORSENS = "never_worsens"


#: Claims about two applications that differ in one field.
OF_TWO = (Kind.NEVER_LOWERS, Kind.NEVER_RAISES, Kind.NEVER_IMPROVES, Kind.NEVER_WORSENS)
_OBJECT = {
    Kind.NEVER_LOWERS: "line",
    Kind.NEVER_RAISES: "line",
    Kind.NEVER_IMPROVES: "outcome",
    Kind.NEVER_WORSENS: "outcome",
}


class Unproved(StrEnum):
    """What follows if a claim can be neither proved nor refuted."""

    FAIL = "fail"
    WARN = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim. ``when``: for which applications; ``None``: for all.

    ``outcome`` for ``never`` and ``always``; ``amount_minor`` for the bound of the line;
    ``raising`` is the field in which two applications differ.
    """

    id: str
    description: str
    kind: Kind
    outcome: Outcome | None
    amount_minor: int
    raising: str
    when: Condition | None
    unproved: Unproved
    span: Span

    def __str__(self) -> str:
        """As in the file."""
        about = f", when {self.when.text.strip()}" if self.when is not None else ""
        if self.kind in OF_TWO:
            verb = self.kind.value.replace("_", " ")
            return f"raising {self.raising} {verb} the {_OBJECT[self.kind]}{about}"
        if self.kind is Kind.LINE_AT_MOST:
            return f"the line is at most {self.amount_minor:,} minor units{about}"
        return f"{self.kind.value} {self.outcome}{about}"


def load_claims(bundle: Bundle) -> tuple[Claim, ...]:
    """The claims of a bundle, none without the file; ``PolicyError`` with all that is wrong."""
    path = Path(bundle.root) / FILE
    if FILE not in bundle.files:
        return ()
    found = Diagnostics()
    claims = read_claims(bundle, {FILE: path.read_bytes()}, found)
    found.refuse_if_errors()
    return claims


def check(bundle: Bundle, contents: Mapping[str, bytes], found: Diagnostics) -> None:
    """Report what is wrong with the file of a bundle that is being loaded."""
    if FILE in bundle.files:
        read_claims(bundle, contents, found)


def read_claims(
    bundle: Bundle, contents: Mapping[str, bytes], found: Diagnostics
) -> tuple[Claim, ...]:
    """The claims; incomplete where a diagnostic was added."""
    source = read_source(contents, FILE, found)
    node = compose(source, found) if source is not None else None
    if source is None or node is None:
        return ()
    reader = Reader(source, node, found, "the file of proofs")
    reader.allow(("prove",))
    nodes = reader.list_of("prove")
    if len(nodes) > MAX_CLAIMS:
        message = f"there are {len(nodes)} claims, more than {MAX_CLAIMS}"
        found.error(Code.FILE_LIMIT, message, reader.value_span("prove"))
        return ()
    claims = [_claim(bundle, source, item, found) for item in nodes]
    _refuse_twins([claim for claim in claims if claim is not None], found)
    return tuple(claim for claim in claims if claim is not None)


def _refuse_twins(claims: list[Claim], found: Diagnostics) -> None:
    seen: set[str] = set()
    for claim in claims:
        if claim.id in seen:
            found.error(Code.DUPLICATE_ID, f"claim `{claim.id}` stands here twice", claim.span)
        seen.add(claim.id)


def _claim(bundle: Bundle, source: Source, node: Node, found: Diagnostics) -> Claim | None:
    reader = Reader(source, node, found, "a claim")
    optional = ("description", "when", "raising", "unproved", *Kind)
    if not reader.allow(("id",), optional):
        return None
    kinds = [kind for kind in Kind if kind.value in reader.items]
    if len(kinds) != 1:
        said = ", ".join(kinds) or "none"
        found.error(
            Code.CLAIM,
            f"a claim says one thing, this one says {said}",
            reader.value_span("id"),
            hint=f"give it one of: {', '.join(Kind)}",
        )
        return None
    kind = kinds[0]
    of_two = kind in OF_TWO
    if of_two and reader.text(kind) != _OBJECT[kind]:
        reader.wrong(reader.items[kind][1], f"`{kind}` is about the {_OBJECT[kind]}")
    if not of_two and "raising" in reader.items:
        message = f"`{kind}` is about one application, `raising` about two"
        found.error(Code.CLAIM, message, reader.value_span("raising"))
    condition = _condition(bundle, reader, found)
    return Claim(
        id=reader.name("id", UPPER_NAME),
        description=reader.text("description"),
        kind=kind,
        outcome=_outcome(reader, kind),
        amount_minor=reader.integer(Kind.LINE_AT_MOST, 0, 0, _MAX_AMOUNT_MINOR),
        raising=_raising(reader, found) if of_two else "",
        when=condition,
        unproved=reader.choice("unproved", Unproved, Unproved.FAIL),
        span=reader.value_span("id"),
    )


def _outcome(reader: Reader, kind: Kind) -> Outcome | None:
    if kind not in {Kind.NEVER, Kind.ALWAYS}:
        return None
    return reader.choice(kind, Outcome, Outcome.DECLINE)


def _raising(reader: Reader, found: Diagnostics) -> str:
    path = reader.text("raising")
    field = vocabulary.fields().get(path)
    if field is not None and field.type in {"int", "double"}:
        return path
    numbers = [f.path for f in vocabulary.fields().values() if f.type in {"int", "double"}]
    message = f"`{path}` is no number of the vocabulary" if path else "`raising` is missing"
    hint = did_you_mean(path, numbers) or "name the field that is raised, all else equal"
    found.error(Code.CLAIM, message, reader.value_span("raising"), hint=hint)
    return ""


def _condition(bundle: Bundle, reader: Reader, found: Diagnostics) -> Condition | None:
    node = reader.node_of("when")
    if node is None:
        return None
    if not isinstance(node, ScalarNode) or not node.value.strip():
        reader.wrong(node, "`when` must be a CEL condition", "quote it, or write it after `|`")
        return None
    trees = {path: item.tree for path, item in bundle.definitions.items()}
    compiled = compile_condition(node.value, _environment(bundle), trees)
    if not isinstance(compiled, Condition):
        places = value_positions(reader.source, node)
        for problem in compiled:
            span = span_at(reader.source, places[problem.offset], problem.length)
            found.error(problem.code, problem.message, span, label=problem.label, hint=problem.hint)
        return None
    if any(path.startswith(f"{SIGNALS}.") for path in compiled.mentions):
        message = "a claim is about the whole road, a signal about a stage"
        found.error(Code.CLAIM, message, reader.value_span("when"), hint="read the fields instead")
        return None
    return compiled


def _environment(bundle: Bundle) -> Environment:
    """Lists, named expressions and parameters may be read, signals not."""
    told = bundle.definitions.items()
    named = types_of({path: item for path, item in told if path.startswith(f"{NAMED}.")})
    params = types_of({path: item for path, item in told if path.startswith(f"{PARAMS}.")})
    return shared_environment((), tuple(sorted(bundle.lists)), named, params)
