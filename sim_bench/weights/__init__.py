"""The cabinet of weight files: where they come from, their licences, and their safe reading."""
