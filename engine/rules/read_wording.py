"""wording.yaml: what a customer is told of a decision and of the limit hoped for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from yaml.nodes import Node

from engine.rules.diagnostics import Code, Diagnostics, did_you_mean
from engine.rules.reader import Reader
from engine.rules.source import Source
from engine.rules.wording import TEXTS, Places, Section, Wording, Wordings
from engine.rules.yaml_source import compose, read_source

WORDING = "wording.yaml"
_DEFAULT = Path(__file__).with_name("default_wording.yaml")


@cache
def default_wording() -> Wordings:
    """The shipped texts, for policies that have no file of their own."""
    found = Diagnostics()
    source = read_source({WORDING: _DEFAULT.read_bytes()}, WORDING, found)
    node = None if source is None else compose(source, found)
    if source is None or node is None:
        raise AssertionError("the shipped texts are not YAML")
    read = read_wording(source, node, found)
    found.refuse_if_errors()
    return read


def read_wording(source: Source, node: Node, found: Diagnostics) -> Wordings:
    """The texts by section and name. A file is whole: it takes nothing from the shipped texts."""
    reader = Reader(source, node, found, "the wording")
    reader.allow(("wording",))
    whole = reader.mapping("wording", "`wording`")
    if whole is None:
        return {}
    whole.allow(tuple(section.value for section in TEXTS), (Section.DOCUMENTS.value,))
    texts = {section: _section(whole, section, names, found) for section, names in TEXTS.items()}
    named = Section.DOCUMENTS in whole.items
    texts[Section.DOCUMENTS] = _section(whole, Section.DOCUMENTS, None, found) if named else {}
    return texts


def _section(
    whole: Reader, section: Section, names: Mapping[str, Places] | None, found: Diagnostics
) -> dict[str, Wording]:
    """``names`` ``None``: whatever names the policy has given."""
    reader = whole.mapping(section, f"the section `{section}`")
    if reader is None:
        return {}
    if names is not None:
        reader.allow(tuple(names))
    texts: dict[str, Wording] = {}

    def add(name: str, entry: Reader) -> None:
        places = Places() if names is None else names.get(name)
        if places is not None:
            entry.allow(("text_en", "text_zh"))
            texts[name] = Wording(
                text_en=_text(entry, "text_en", places, found),
                text_zh=_text(entry, "text_zh", places, found),
            )

    reader.each(add, f"the {section} text")
    return texts


def _text(entry: Reader, key: str, places: Places, found: Diagnostics) -> str:
    text = entry.text(key)
    named = _placeholders(text)
    node = entry.node_of(key)
    if named is None:
        if node is not None:
            entry.wrong(node, f"`{key}` has a brace without its partner", "a placeholder: {offer}")
        return ""
    for name in named:
        if name not in places.allowed:
            found.error(
                Code.PLACEHOLDER,
                f"`{{{name}}}` has no value in {entry.what}",
                entry.value_span(key),
                hint=did_you_mean(name, places.allowed) or _allowed(places),
            )
    for name in places.needed if text else ():
        if name not in named:
            found.error(
                Code.PLACEHOLDER,
                f"`{key}` of {entry.what} must say `{{{name}}}`",
                entry.value_span(key),
                hint="without it the customer is not told",
            )
    return text


def _allowed(places: Places) -> str:
    names = ", ".join(f"{{{name}}}" for name in places.allowed)
    return f"it may say: {names}" if names else "this text has no placeholders"


def _placeholders(text: str) -> tuple[str, ...] | None:
    """The names in braces, in their order; ``None`` if the braces do not match.

    Conversions and formats would reach into the value, so that they are part of the name here,
    and refused with it.
    """
    try:
        parsed = list(Formatter().parse(text))
    except ValueError:
        return None
    return tuple(
        name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
        for _, name, form, conversion in parsed
        if name is not None
    )
