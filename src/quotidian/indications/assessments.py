"""Observables that several indications record at their visits."""

from __future__ import annotations

LABORATORY = ("temperature", "crp", "esr")
ARTHRITIS = ("physician_global", "parent_global", "chaq", "active_joints", "limited_joints")
"""The JIA core set beside ESR."""
MACROPHAGES = ("macrophage_activation",)
JUVENILE_ARTHRITIS = (*LABORATORY, *ARTHRITIS, *MACROPHAGES)
