"""What a policy must pass before it is proposed or live, in throw-away processes."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.errors import PolicyError
from engine.lifecycle.processes import run

_log = logging.getLogger(__name__)

CPU_S = 300
MEMORY_BYTES = 8 << 30
_WALL_S = 600.0
MAX_OUTPUT = 1 << 20
_NO_CASES = 2


@dataclass(frozen=True, slots=True)
class Ran:
    """How a process ended: its exit code and what it printed, at most ``MAX_OUTPUT`` of each."""

    code: int
    output: str
    errors: str

    @property
    def said(self) -> str:
        """What it printed, errors first."""
        return "\n".join(part for part in (self.errors.strip(), self.output.strip()) if part)

    def about(self, root: Path) -> Ran:
        """The same without the place of the policy, which is the server's own."""
        output, errors = (
            text.replace(f"{root}/", "").replace(str(root), "the policy")
            for text in (self.output, self.errors)
        )
        return Ran(self.code, output, errors)


async def tool(*arguments: str) -> Ran:
    """A command of ``touchstone``, within bounds. Raises ``PolicyError`` if it was too much."""
    bounds = (str(CPU_S), str(MEMORY_BYTES))
    return await _run(("-m", "engine.lifecycle.bounded", *bounds, *arguments), b"")


async def examine(root: Path) -> str:
    """Check, test and prove a policy; the warnings. Raises ``PolicyError`` with what is wrong.

    Without cases or invariants of its own there is nothing to test or prove.
    """
    checked = (await tool("policy", "check", str(root))).about(root)
    _require(checked, "it does not pass its check")
    tested = (await tool("policy", "test", str(root))).about(root)
    if tested.code != _NO_CASES:
        _require(tested, "its own tests fail")
    if (root / "proofs.yaml").exists():
        proved = (await tool("policy", "prove", str(root))).about(root)
        _require(proved, "its invariants are not proved")
    return "" if checked.output.startswith("the policy:") else checked.output


async def rehearse(root: Path, bodies: Iterable[bytes]) -> None:
    """Have recent decisions made again by the engine and its reference; they must agree."""
    frames = b"".join(len(body).to_bytes(4, "big") + body for body in bodies)
    ran = await _run(("-m", "engine.lifecycle.rehearse", str(root)), frames)
    _require(ran, "the rule engine and its reference differ on recent decisions")


def _require(ran: Ran, problem: str) -> None:
    if ran.code:
        raise PolicyError(f"the policy is refused: {problem}\n{ran.said}")


async def _run(arguments: tuple[str, ...], given: bytes) -> Ran:
    command = (sys.executable, *arguments)
    try:
        ended = await run(command, given, timeout_s=_WALL_S, most_output=MAX_OUTPUT)
    except TimeoutError:
        raise PolicyError("the policy is refused: examining it takes too long") from None
    if ended.code < 0:
        told = signal.Signals(-ended.code).name
        _log.error("a process that examines a policy died of %s", told)
        raise PolicyError(
            f"the policy is refused: examining it took too much time or memory, or crashed ({told})"
        )
    return Ran(ended.code, _text(ended.output), _text(ended.errors))


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")
