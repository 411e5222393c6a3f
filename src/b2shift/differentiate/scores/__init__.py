"""What may happen to each customer, learnt from what did: churn, detractors, purchases; and health by open rules."""
