"""Parameter estimation problems in the PEtab format, versions 1 and 2."""
