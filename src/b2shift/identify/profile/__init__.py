"""What a table is like: distributions, gaps, relations, outliers, and what moved since the version before."""
