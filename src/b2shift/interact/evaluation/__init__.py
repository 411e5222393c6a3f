"""All rules on all customers, set-based in the engine."""
