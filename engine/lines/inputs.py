"""What a line rests on."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from engine.lines.sharing import Sharing
from engine.model import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class LineInputs:
    """All that a line rests on, known. Amounts in minor units, at least 0.

    ``policy_cap_minor``: the lowest cap that rules set; ``group_room_minor``: what the exposure
    cap of the connected group leaves. ``None``: does not apply. ``sharing``: of a line that shares
    another's; of a raise ``own_lines_minor`` does not hold the line that is raised. Raises
    ``ValueError`` for a PD that is no probability and for an amount that is negative or no integer.
    """

    pd: float
    evidence: tuple[Evidence, ...]
    monthly_obligations_minor: int
    own_lines_minor: int
    elsewhere_lines_minor: int
    is_student: bool
    age: int
    customer_segment: str
    policy_cap_minor: int | None = None
    group_room_minor: int | None = None
    sharing: Sharing | None = None

    def __post_init__(self) -> None:
        """Refuse what no caller may pass: better no line than one that rests on NaN."""
        if not (isfinite(self.pd) and 0 <= self.pd <= 1):
            raise ValueError("pd must be in 0..1")
        amounts = {
            "monthly_obligations_minor": self.monthly_obligations_minor,
            "own_lines_minor": self.own_lines_minor,
            "elsewhere_lines_minor": self.elsewhere_lines_minor,
            "age": self.age,
            "policy_cap_minor": 0 if self.policy_cap_minor is None else self.policy_cap_minor,
            "group_room_minor": 0 if self.group_room_minor is None else self.group_room_minor,
        }
        for name, amount in amounts.items():
            if type(amount) is not int or amount < 0:
                raise ValueError(f"{name} must be an integer, at least 0")
