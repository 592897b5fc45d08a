"""Walks over the words of a statement and writes down the ones that were understood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from graph.window.model import Value, WindowRefused
from graph.window.tokens import Kind, Token, tokens_of
from graph.window.vocabulary import RESERVED

HEAVIEST = 100_000
"""The weight of a row: what a value can grow to, one for each 64 bytes or so."""


class Reader:
    """``scope``: the variables in force, each with what it can weigh."""

    def __init__(self, statement: str, parameters: Mapping[str, Value]) -> None:
        self._tokens = tokens_of(statement)
        self._place = 0
        self.parameters = parameters
        self.used: set[str] = set()
        self.written: list[str] = []
        self.told: list[str] = []
        self.columns: list[str] = []
        self.scope: dict[str, int] = {}
        self.steps = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        """The word that comes next."""
        return self._tokens[self._place]

    def ahead(self, count: int) -> Token:
        """The word ``count`` behind the next one."""
        return self._tokens[min(self._place + count, len(self._tokens) - 1)]

    def take(self) -> Token:
        """The next word, written down as it is."""
        token = self.next
        self.write(token.text)
        return self.drop()

    def drop(self) -> Token:
        """The next word, not written."""
        token = self.next
        self._place += token.kind is not Kind.END
        return token

    def write(self, text: str, told: str | None = None) -> None:
        """Write a word; ``told``: what stands in its place where it is told."""
        self.written.append(text)
        self.told.append(text if told is None else told)

    def is_next(self, *words: str) -> bool:
        """Whether the next words are these: names in capital letters, or signs."""
        return all(
            word in {self.ahead(count).word, _sign(self.ahead(count))}
            for count, word in enumerate(words)
        )

    def accept(self, *words: str) -> bool:
        """Take these words if they come next."""
        if not self.is_next(*words):
            return False
        for word in words:
            self.write(word)
            self.drop()
        return True

    def expect(self, *words: str) -> None:
        """Take these words, or refuse."""
        if not self.accept(*words):
            self.refuse(f"expected {' '.join(words)}")

    def name(self, what: str) -> str:
        """A name that is no reserved word, not written yet."""
        token = self.next
        if token.kind is not Kind.NAME or token.word in RESERVED:
            self.refuse(f"expected {what}")
        self.drop()
        return token.text

    def bind(self, variable: str, weight: int) -> None:
        """From now on the variable is known."""
        self.scope[variable] = weight

    def weigh(self, weight: int) -> int:
        """The weight, or refuse what could grow too large."""
        if weight > HEAVIEST:
            self.refuse("the answer could be too large: collect or join less")
        return weight

    def refuse(self, description: str) -> NoReturn:
        """Refuse at the next word."""
        token = self.next
        found = "the end" if token.kind is Kind.END else "this"
        raise WindowRefused(token.place, f"{description}, and found {found}")


def _sign(token: Token) -> str:
    return token.text if token.kind is Kind.SIGN else ""
