"""The local Entra: applications, managed identities, tokens."""
