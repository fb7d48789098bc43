"""The parts of a benchmark's page, as data that its templates draw."""
