"""Regimens as values, and their schedules of doses for one child.

::

    by_weight = Bands({"below 30 kg": "12 mg/kg", "30 kg and above": "8 mg/kg"})
    standard = infusion(by_weight, of="tocilizumab", over="1 hour").every("14 day").until("84 day")
    monthly = infusion(by_weight, of="tocilizumab", over="1 hour").every("28 day")
    tapering = standard.then(monthly, after="28 day")
    both = standard.alongside(oral("1 mg/kg", of="prednisolone").every("1 day"))
    slowly = Taper(by="20 %", every="2 week").of(oral("1 mg/kg", of="prednisolone").every("1 day"))
    plan = schedule(both, Person(weight_kg=20, age_years=6), until_h=84 * 24)
"""

from quotidian.dosing.amount import Amount
from quotidian.dosing.bands import Band, Bands, bands_named
from quotidian.dosing.choice import by_band
from quotidian.dosing.dose import Dose, bolus, infusion, oral, subcutaneous
from quotidian.dosing.person import Person
from quotidian.dosing.regimen import Regimen, no_drug
from quotidian.dosing.scheduling import Administration, Schedule, schedule
from quotidian.dosing.single_dose import Route
from quotidian.dosing.taper import Taper
from quotidian.dosing.wording import describe

__all__ = [
    "Administration",
    "Amount",
    "Band",
    "Bands",
    "Dose",
    "Person",
    "Regimen",
    "Route",
    "Schedule",
    "Taper",
    "bands_named",
    "bolus",
    "by_band",
    "describe",
    "infusion",
    "no_drug",
    "oral",
    "schedule",
    "subcutaneous",
]
