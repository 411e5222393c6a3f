"""A person's board: answers they keep in sight, asked again of every publication."""
