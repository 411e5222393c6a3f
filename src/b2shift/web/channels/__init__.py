"""The edge to the outside: one adapter a channel, and the webhooks by which answers come back."""
