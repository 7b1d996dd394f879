"""Microsoft.Authorization: role definitions, role assignments, and who may do what."""
