"""Packages of items and of years: made, signed for, checked."""
