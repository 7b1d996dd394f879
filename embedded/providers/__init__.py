"""Pulumi providers in Python that speak the published protocols only.

They serve the embedded engine and the real CLI alike, as ``pulumi-resource-<name>``.
"""
