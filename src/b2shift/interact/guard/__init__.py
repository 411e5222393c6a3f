"""The policy in code: what may reach a customer, asked at proposal, at the queue and at sending."""
