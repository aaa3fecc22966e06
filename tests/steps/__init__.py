"""Tests of the steps, by slice."""
