"""Results as a person reads them: text, figures, files."""
