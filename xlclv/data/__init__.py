"""Reading order logs: files, their columns, cleaning, and the example data."""
