"""Word copies."""
