"""What people asked to be told without asking again: alerts, reports on their day, and the notices that tell them."""
