"""Everything about one customer in one row, read by its key in milliseconds."""
