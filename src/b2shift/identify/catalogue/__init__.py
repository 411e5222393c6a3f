"""Where the tables of deliveries come from, who answers for them and how fresh they are, by their declarations."""
