"""Customer scores learnt from outcomes (churn, detractors, purchases, renewal, value), and rule-based health."""
