"""`/lgpd/`: what the person who looks after privacy sees and does."""
