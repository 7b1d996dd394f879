"""azure-native's resources as a thin client of ARM, one table row per type."""
