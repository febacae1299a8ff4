"""What a commit is held to where no published program does it alone; called by the hooks and by the tests."""
