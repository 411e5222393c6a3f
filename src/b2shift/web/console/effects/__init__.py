"""What worked: campaigns told by the customers that were left out by lot."""
