"""Which records are the same company: candidates, evidence, weights learnt from the data, zones, entities."""
