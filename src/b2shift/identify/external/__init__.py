"""Figures of public institutes about the place and the trade of a customer: read when delivered, absent when not."""
