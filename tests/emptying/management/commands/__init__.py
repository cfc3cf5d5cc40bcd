"""Commands of the tests alone."""
