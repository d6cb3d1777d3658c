"""Every act on customers: one function each, one transaction with its record.

All lock the customer's row first and the log's head last, so that they never wait in a circle.
Those on no customer lock the log's head alone.
"""
