"""Questions in words, with answers that show where their numbers come from."""
