"""Next best action: eligible offers, their expected value, and an allocation within capacity and budget."""
