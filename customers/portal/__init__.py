"""The portal of customers' users: apart from the dashboard, with a sign-in of its own."""
