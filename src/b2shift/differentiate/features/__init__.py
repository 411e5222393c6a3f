"""One row per customer and date with everything worth knowing about it, each column declared in features.yaml."""
