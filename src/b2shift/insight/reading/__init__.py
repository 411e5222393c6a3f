"""What a question says, piece by piece: words, spellings, numbers, periods, names of the dictionary."""
