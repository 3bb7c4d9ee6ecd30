"""Inference: estimation of a model's parameters from data, of one subject or of a population.

This layer contains records, parameters and random effects, and nothing about children or trials.
"""
