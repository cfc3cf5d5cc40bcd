"""An admin theme as themes are made: it extends Django's own templates."""
