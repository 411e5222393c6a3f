"""Ask in words, answer with metrics; every answer carries its query, its source and its doubt."""
