"""A ledger of ten years: items by the thousand with all that hangs off them, as the acts of the
portal would have written them (`items`), copied in quickly (`loading`), made once and kept
(`kept`)."""
