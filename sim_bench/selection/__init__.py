"""Choosing among photos of one moment."""
