"""The next best action: what could be offered to each customer, what it is worth, and who gets what within limits."""
