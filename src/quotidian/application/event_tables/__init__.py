"""Event tables of children: predicted by the model, and written from virtual trials and cohorts."""
