"""The portal's pages. None of them uses Django's messages, whose storage belongs to agents."""
