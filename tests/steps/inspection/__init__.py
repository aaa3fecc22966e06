"""Tests of 实地督查 and 整改 (第七、十七条)."""
