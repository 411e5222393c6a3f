"""Whether what scores said came true: what was said, what happened, and the alarm when the two part."""
