"""How the segmentation was chosen, and how far each score can be believed."""
