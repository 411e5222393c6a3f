"""What left the house, what came back, and what stops it."""
