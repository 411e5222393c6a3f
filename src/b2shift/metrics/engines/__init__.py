"""The same statements for other engines: rewritten as trees, never as text."""
