"""Natural persons in the data: what for, who they are, everything held about one, and taking one out (LGPD)."""
