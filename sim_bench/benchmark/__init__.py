"""Whole experiments: which methods, over which photos, with which result."""
