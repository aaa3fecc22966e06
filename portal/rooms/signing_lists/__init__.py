"""一览签批: many items on one sheet, printed, signed once, typed in once (一单多项, SPEC §8.4)."""
