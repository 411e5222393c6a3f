"""How right the plans are, on questions whose reading is known."""
