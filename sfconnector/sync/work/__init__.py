"""A run at work: its lease, its batches, what interrupts it."""
