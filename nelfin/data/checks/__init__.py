"""Whether the tables fit each other and the scenario. Every problem is found in one go."""
