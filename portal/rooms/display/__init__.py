"""大屏: numbers for a screen on a wall, read under an account that opens nothing else."""
