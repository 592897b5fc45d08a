"""Loading history that a bank already has: files in, graph events of the ledger out."""

from engine.load.columns import ColumnsError, Layout, layout_of
from engine.load.convert import Converter
from engine.load.files import FileError, Source, open_source
from engine.load.problems import Problem, Rejects, TooManyRejects
from engine.load.run import Loader, LoadReport

__all__ = [
    "ColumnsError",
    "Converter",
    "FileError",
    "Layout",
    "LoadReport",
    "Loader",
    "Problem",
    "Rejects",
    "Source",
    "TooManyRejects",
    "layout_of",
    "open_source",
]
