"""Next best actions: what is best for each customer, why, and what people's time would be worth."""
