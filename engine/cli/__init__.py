"""``touchstone``: the command-line tool. One module for each command, listed in ``areas``.

0: in order; 1: something is wrong, and it was printed; 2: the command line is wrong.
"""

from engine.cli.main import main

__all__ = ["main"]
