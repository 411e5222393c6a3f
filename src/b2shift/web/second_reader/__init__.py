"""A language model beside the built-in reader: where it is, what it may cost, every call on record. Off by default."""
