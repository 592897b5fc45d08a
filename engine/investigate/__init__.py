"""The investigators' desk: looking at the graph, marking, declaring, noting, and who did."""

from engine.investigate.access_log import Access, AccessFilter, AccessLog
from engine.investigate.cursors import PageKeys
from engine.investigate.horizon import Horizon, View
from engine.investigate.looking import Looking, Window

__all__ = [
    "Access",
    "AccessFilter",
    "AccessLog",
    "Horizon",
    "Looking",
    "PageKeys",
    "View",
    "Window",
]
