"""Where each customer is in its life with the vendor: life stage, and recency, frequency and value of its purchases."""
