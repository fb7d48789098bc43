"""Agreement between scores, with its uncertainty: pure functions on arrays."""
