"""The event log as evidence: sealing it, and checking the seals (等保 8.1.4.3)."""
