"""What the pages accept, one noun a file."""
