"""The agents' pages, one noun a file."""
