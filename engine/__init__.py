"""Touchstone: decides credit-card applications."""
