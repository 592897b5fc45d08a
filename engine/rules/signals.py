"""What the rules so far have signalled: three-valued, carried from stage to stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signals:
    """Signals that are true, and those that cannot be told. All others are false."""

    true: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()

    def value(self, name: str) -> bool | None:
        """True, false, or ``None`` for unknown."""
        return True if name in self.true else None if name in self.unknown else False

    def known(self, names: Iterable[str]) -> Mapping[str, bool]:
        """The known ones among ``names``."""
        return {name: name in self.true for name in names if name not in self.unknown}

    def plus(self, true: Iterable[str], unknown: Iterable[str]) -> Signals:
        """With further setters: one hit makes a signal true, whatever the others are."""
        all_true = self.true | frozenset(true)
        return Signals(all_true, (self.unknown | frozenset(unknown)) - all_true)


NO_SIGNALS = Signals()
