"""What each diagnostic code means, for the terminal and as a page."""

from __future__ import annotations

from engine.rules.code_meanings import MEANINGS, Meaning
from engine.rules.diagnostics import Code


def as_text(code: Code) -> str:
    """A code's entry for the terminal."""
    entry = MEANINGS[code]
    return f"{code.value}: {entry.told}\n  such as: {entry.example}\n  what to do: {entry.remedy}"


def as_page() -> str:
    """All codes as a Markdown page."""
    rows = (_row(code, entry) for code, entry in sorted(MEANINGS.items()))
    return "\n".join((_HEAD, *rows)) + "\n"


def _row(code: Code, entry: Meaning) -> str:
    cells = (code.value, entry.told, entry.example, entry.remedy)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


_HEAD = """\
# Diagnostics of a policy

Every finding of `touchstone policy check` has a code that never changes its meaning.
`touchstone policy codes TS1202` prints an entry of this page.

| code | what it means | such as | what to do |
|---|---|---|---|"""
