"""Campaigns of crashes: kill one part at a random moment, and look at what is left.

It drives the project by its command line alone, as a user does, and imports none of it.
"""
