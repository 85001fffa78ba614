"""Measurements of speed, one module each, told as ratios so that they mean the same on every machine."""
