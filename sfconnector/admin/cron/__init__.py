"""Cron texts in forms: common ones to choose from, and what a text means."""
