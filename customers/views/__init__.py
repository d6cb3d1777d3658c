"""The pages of customers, one noun a file."""
