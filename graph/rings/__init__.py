"""Fraud rings, found offline: as of a time, the same for the same events in any order."""

from graph.rings.find import STEPS, find_rings
from graph.rings.material import Collector, Material
from graph.rings.model import Member, Ring, RingsRun, SharedIdentifier
from graph.rings.scoring import Part
from graph.rings.settings import RingSettings

__all__ = [
    "STEPS",
    "Collector",
    "Material",
    "Member",
    "Part",
    "Ring",
    "RingSettings",
    "RingsRun",
    "SharedIdentifier",
    "find_rings",
]
