"""Pulumi providers in Python, plugins on the wire for either engine."""
