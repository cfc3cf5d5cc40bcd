"""An app of the tests alone: ``flush`` as a test needs it, many times in a run."""
