"""From a file of any company to the declaration that loads it: proposes with evidence, leaves out what it doubts."""
