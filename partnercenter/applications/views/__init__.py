"""Sign-in of programs, and the pages on which people manage it."""
