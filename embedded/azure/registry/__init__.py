"""Microsoft.ContainerRegistry: registries, each with a real Distribution behind it."""
