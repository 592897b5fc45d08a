"""The investigators' Cypher window: statements that can only read, and only so much.

What is run is not the text that was typed. It is read by a grammar of its own, which knows no other
clauses, functions, labels and operators than those listed, and written anew with its bounds.
"""

from graph.window.checker import checked
from graph.window.model import Statement, WindowAnswer, WindowFailed, WindowRefused

__all__ = ["Statement", "WindowAnswer", "WindowFailed", "WindowRefused", "checked"]
