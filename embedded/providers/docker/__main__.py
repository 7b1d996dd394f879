"""The plugin process of docker."""

from embedded.providers.docker.package import Docker
from embedded.providers.serving import serve

if __name__ == "__main__":
    serve(Docker)
