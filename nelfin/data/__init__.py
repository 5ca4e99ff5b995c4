"""Input tables: what they must look like, how they are read, and whether they fit together."""

from nelfin.data.inputs import Inputs
from nelfin.data.load import load_inputs
from nelfin.data.specs import CONVERGE, TABLES
from nelfin.data.tables import lines_of, read_table

__all__ = ["CONVERGE", "TABLES", "Inputs", "lines_of", "load_inputs", "read_table"]
