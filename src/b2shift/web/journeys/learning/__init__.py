"""Splits that learn: draws kept with what came of them, the shares that follow, and what is told of both."""
