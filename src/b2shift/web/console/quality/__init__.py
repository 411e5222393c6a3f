"""What was delivered, what was wrong with it, what was done about it, and the evidence for every choice."""
