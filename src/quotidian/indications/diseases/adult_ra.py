"""Rheumatoid arthritis in adults, for the exposure to tocilizumab."""

from __future__ import annotations

from quotidian.evidence import ledger_beside
from quotidian.indications.adults import SPREAD_OF_DISPOSITION, adult_patients
from quotidian.indications.assessments import JUVENILE_ARTHRITIS
from quotidian.indications.indication import Indication, values_of

k = ledger_beside(__file__)

ADULT_RA = Indication(
    name="adult_ra",
    title="Rheumatoid arthritis in adults",
    model="adult_ra",
    youngest=k["youngest"].value,
    oldest=k["oldest"].value,
    assessments=JUVENILE_ARTHRITIS,
    make_patients=adult_patients(k),
    variability=values_of(k, *SPREAD_OF_DISPOSITION, "girls"),
    because="70 kg, SD of the logarithm 0.2, assumed; CV of 39, 37, 66 and 54 % between adults (frey2010); "
    "four of five are women",
)
INDICATIONS = (ADULT_RA,)
