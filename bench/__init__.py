"""Benchmarks: each compares figures of one run on one machine; see docs/benchmarks.md."""
