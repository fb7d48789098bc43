"""What people said about photos: one reader per data set, two shapes of judgement."""
