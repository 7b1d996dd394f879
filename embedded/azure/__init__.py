"""A local Azure: ARM, Entra, a registry data plane and containers, on loopback only."""
