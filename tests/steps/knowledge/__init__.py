"""Tests of the slice 知悉范围."""
