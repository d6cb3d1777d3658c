"""What the demonstration mode shows: fictional customers, and a year of work on them."""
