"""What is known of the call under way: who calls, what they may do, until when."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from engine.deadline import Deadline


@dataclass(slots=True, kw_only=True)
class Call:
    """One call. The interceptors fill it in; ``decision_id`` is set by the servicer if known."""

    method: str
    caller: str = ""
    roles: frozenset[str] = frozenset()
    deadline: Deadline
    decision_id: str = ""

    @property
    def scope(self) -> str | None:
        """Whose decisions the caller may read: its own if it makes any, else everybody's."""
        return self.caller if "channel" in self.roles else None


_current: ContextVar[Call] = ContextVar("call")


def current_call() -> Call:
    """The call that the running code serves."""
    return _current.get()


def enter(call: Call) -> None:
    """Make ``call`` the current one of this task and of the tasks it starts."""
    _current.set(call)
