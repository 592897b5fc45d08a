"""Lines that make one event: each its own, or all links of one application that stand together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from engine.load.columns import Content, Layout
from engine.load.convert import Converter
from engine.load.files import Line
from engine.load.problems import Problem
from graph.model import ApplicationProjected, GraphEvent

_KEYS = ("application", "applicant")


@dataclass(frozen=True, slots=True)
class Group:
    """What some lines are: an event, or everything that is wrong with them. ``first``: a line."""

    first: int
    lines: int
    found: GraphEvent | list[Problem]


def groups(
    file: str, layout: Layout, lines: Iterable[Line], converter: Converter
) -> Iterator[Group]:
    """The groups in their order. An application of which a line is wrong is wrong as a whole: half
    of its links would be no application that was ever made.
    """
    if layout.content is not Content.LINKS:
        for line in lines:
            yield Group(line.number, 1, converter.convert(file, layout, line))
        return
    places = [layout.fields[name] for name in _KEYS if name in layout.fields]

    def key(line: Line) -> tuple[object, ...]:
        return (line.number,) if line.fault else tuple(str(line.cells[n]) for n in places)

    for _, members in groupby(lines, key):
        yield _application(file, layout, members, converter)


def _application(file: str, layout: Layout, members: Iterator[Line], converter: Converter) -> Group:
    event: ApplicationProjected | None = None
    problems: list[Problem] = []
    first = count = 0
    for line in members:
        first, count = first or line.number, count + 1
        found = converter.convert(file, layout, line)
        if isinstance(found, list):
            problems += found
        elif not isinstance(found, ApplicationProjected):
            raise TypeError("a line of links is no application")
        elif event is None:
            event = found
        elif replace(event, links=found.links) != found:
            told = "has another time or status than the application's lines before"
            problems.append(Problem(file, line.number, "", told))
        elif count <= converter.most_links:
            event = replace(event, links=tuple(sorted({*event.links, *found.links})))
    if count > converter.most_links:
        told = f"begins an application of more than {converter.most_links} lines"
        problems.append(Problem(file, first, "", told))
    return Group(first, count, problems if problems or event is None else event)
