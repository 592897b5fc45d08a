"""Credit lines: products, verified strength, the line with its caps, and the expected limit."""

from engine.lines.evidence import verified_strength
from engine.lines.expected import expected_limit
from engine.lines.inputs import LineInputs
from engine.lines.line import compute_line, highest_line
from engine.lines.plan import evidence_plan
from engine.lines.product import Product
from engine.lines.products_file import load_products
from engine.lines.sharing import Sharing

__all__ = [
    "LineInputs",
    "Product",
    "Sharing",
    "compute_line",
    "evidence_plan",
    "expected_limit",
    "highest_line",
    "load_products",
    "verified_strength",
]
