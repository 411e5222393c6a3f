"""What to do next: contact rules and the actions they propose; proposes, never sends."""
