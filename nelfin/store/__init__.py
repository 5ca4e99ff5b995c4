"""What is kept on disk: files written whole, run folders, sweeps, and the list of both."""
