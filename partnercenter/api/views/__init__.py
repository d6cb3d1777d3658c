"""Pages and addresses for people and programs: sign-in of programs, and API access."""
