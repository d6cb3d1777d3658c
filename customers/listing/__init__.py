"""What lists, charts and figures show: rows made in Python, one noun a file."""
