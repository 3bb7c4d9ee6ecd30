"""Models as text for programs of pharmacometrics: mrgsolve, rxode2 and NONMEM."""
