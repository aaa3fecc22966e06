"""核验文书: whether a sheet on paper or a file is the one that the portal keeps (decision 0103)."""
