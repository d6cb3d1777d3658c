"""Buying reservations, in the dashboard and in the customers' portal."""
