"""Plain text for the terminal: the summary, tables and sentences."""
