"""Verified formulas → NumPy functions → training."""
