"""What people download and fill, read into the tables of a scenario."""
