"""A scenario to start from: the embedded one, or a system's own from published figures."""
