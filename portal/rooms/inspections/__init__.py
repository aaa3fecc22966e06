"""实地督查: all inspections that a person may know of, by how far they are (第七、十七条)."""
