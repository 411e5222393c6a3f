"""The effect of a campaign: what those it addressed did, less what those left out by lot did."""
