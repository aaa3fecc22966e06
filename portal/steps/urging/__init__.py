"""催办 第十六条（四）、附件 2, and the question of 正当理由."""
