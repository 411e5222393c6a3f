"""Tables, columns and metrics: what they mean, who answers for them, where they come from, how they are spread."""
