"""Who is persuaded by contacts, and whom they drive away: told by all campaigns with customers left out by lot."""
