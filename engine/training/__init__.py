"""Training of scorecards from a spec and a table. Needs the training extra (scikit-learn)."""

from engine.training.read_spec import read_spec
from engine.training.spec import Spec
from engine.training.table import Table, TrainingRefused, read_table, table_of
from engine.training.train import Trained, train

__all__ = [
    "Spec",
    "Table",
    "Trained",
    "TrainingRefused",
    "read_spec",
    "read_table",
    "table_of",
    "train",
]
