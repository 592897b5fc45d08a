"""The investigators' desk: looking at the graph, marking, declaring, noting, and who did."""

from engine.investigate.access_log import Access, AccessFilter, AccessLog
from engine.investigate.cursors import PageKeys
from engine.investigate.horizon import Horizon, View
from engine.investigate.looking import Looking, Window
from engine.investigate.recorder import Recorder, Said
from engine.investigate.saying import Saying

__all__ = [
    "Access",
    "AccessFilter",
    "AccessLog",
    "Horizon",
    "Looking",
    "PageKeys",
    "Recorder",
    "Said",
    "Saying",
    "View",
    "Window",
]
