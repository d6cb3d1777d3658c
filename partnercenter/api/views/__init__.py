"""What stands beside the calls: the documentation, and an older way to sign in."""
