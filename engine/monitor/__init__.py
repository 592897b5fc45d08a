"""Monitoring: what is counted of decisions, and why it changed. Pure; ``engine.watch`` reads."""
