"""A policy in YAML, read strictly: a wrong rule is refused with its line and the near names."""
