"""How the small CLIP that ships inside the package was made."""
