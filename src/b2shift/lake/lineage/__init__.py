"""Where columns come from, read off the statements that wrote them."""
