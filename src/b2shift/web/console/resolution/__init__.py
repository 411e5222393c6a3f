"""Records that may be one company: pairs in doubt, answers, merged companies."""
