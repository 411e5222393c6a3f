"""What a lot teaches beyond its mean: who is persuaded, whom to give what, what another rule would have brought."""
