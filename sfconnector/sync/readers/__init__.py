"""Readers turn the org's answers into rows: by REST, by REST in groups, by Bulk."""
