"""Where the data comes from: declared sources, files found in a delivery, bytes turned into raw tables."""
