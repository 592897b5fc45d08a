"""A case while it is read: what the file, the table and the row have given so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from yaml.nodes import Node

from engine.cases.standard import STANDARD_DAY
from engine.model import SourceStatus


@dataclass(slots=True)
class Draft:
    """What has been given so far: of the file, then of the case, then of the row."""

    facts: dict[str, object] = field(default_factory=dict)
    application: dict[str, object] = field(default_factory=dict)
    sources: dict[str, SourceStatus] = field(default_factory=dict)
    expect: dict[str, object] = field(default_factory=dict)
    on: date = STANDARD_DAY
    base_unknown: bool = False
    only: bool = False
    skip: str = ""
    #: Where the expectations stand that were read last; ``None``: there are none.
    expects: Node | None = None

    def over(self) -> Draft:
        """A copy to be changed."""
        return Draft(
            dict(self.facts),
            dict(self.application),
            dict(self.sources),
            dict(self.expect),
            self.on,
            self.base_unknown,
            self.only,
            self.skip,
            self.expects,
        )
