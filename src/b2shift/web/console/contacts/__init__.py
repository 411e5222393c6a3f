"""Contacts in the making: written out of a proposal, approved, done."""
