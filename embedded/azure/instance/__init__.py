"""Microsoft.ContainerInstance: container groups that run on the Docker Engine."""
