"""The parts of the house that serve its customers: declared in YAML, kept as versions, one for each product family."""
