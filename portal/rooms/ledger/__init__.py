"""督办台账: every item the person may know of, in one list."""
