"""督办台账 as Excel and for paper: asked for, made by a job while its page shows how far it is
(SPEC §6.5)."""
