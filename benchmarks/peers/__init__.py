"""Pellucid beside what one would take instead: python -m benchmarks.peers."""
