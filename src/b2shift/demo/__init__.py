"""A dirty drop out of thin air, deterministic by seed."""
