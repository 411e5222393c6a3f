"""What happened and what it teaches: outcomes of campaigns, and the effect that those left out by lot tell."""
