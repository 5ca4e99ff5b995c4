"""Models: prevention, recovery and capital, each a plain function on labelled data."""
