"""Walks are ways through an object's records, from a checkpoint to the end."""
