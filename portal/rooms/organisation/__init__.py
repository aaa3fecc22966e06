"""单位、人员、任职、分管分工, kept by the system administrator (SPEC §1.4, §8.6, decision 0111)."""
