"""Monitoring of a ledger: reports on windows, why they differ, and figures for Prometheus."""
