"""The first page of each role: what matters now, computed."""
