"""Documents in 公文 style."""
