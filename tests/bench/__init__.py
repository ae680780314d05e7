"""Measurements, small enough to be tests."""
