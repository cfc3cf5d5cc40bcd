"""How fast the sync is, beside a fair peer and the floors, in one and the same run."""
