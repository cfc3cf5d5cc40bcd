"""A host's app whose models tests make and forget."""
