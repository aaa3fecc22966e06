"""立项 第十二条、第十六条（一）: drafting, submitting, 编号备案."""
