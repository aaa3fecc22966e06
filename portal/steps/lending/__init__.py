"""借阅 of archived papers (第十六条（七）)."""
