"""Architecture pictures that are proven against the files that create the system."""
