"""The reduced law of the cell: signal follows effective IL-6 at once.

pSTAT3 and SOCS3 settle within two hours; over days and weeks nothing else of them matters.
"""

from __future__ import annotations

from quotidian.network import Definition, Module, Observable
from quotidian.network.flux import itself
from quotidian.vocabulary import gp130_drive, il6_signal

module = Module(
    "gp130_settled",
    "Signal inside the cell, settled",
    about="Holds after the first hours; gp130_signal_detailed has the hours themselves.",
    definitions=(Definition(il6_signal, itself, gp130_drive),),
    observables=(Observable("il6_signal", "pg/mL", "effective IL-6 at gp130", itself, il6_signal),),
)
