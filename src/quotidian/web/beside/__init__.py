"""What a page shows beside its lines: published values, exposure, a band, differences."""
