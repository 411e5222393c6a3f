"""Who uses the product: people, teams, roles, tokens, and what each of them may see."""
