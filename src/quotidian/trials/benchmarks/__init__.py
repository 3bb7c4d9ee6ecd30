"""Benchmarks: published results, and the comparison of virtual trials with them."""
