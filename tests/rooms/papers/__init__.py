"""Papers of weeks and months."""
