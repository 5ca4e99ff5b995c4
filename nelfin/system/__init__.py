"""One system: the models joined in a run, and what is asked of it."""
