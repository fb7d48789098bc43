"""Results for other tools: sidecars, copies."""
