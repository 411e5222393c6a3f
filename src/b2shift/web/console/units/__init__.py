"""Business units: which there are, whom they serve, and others in their place."""
