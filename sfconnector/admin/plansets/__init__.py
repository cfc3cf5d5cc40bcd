"""Sets of plans in the admin."""
