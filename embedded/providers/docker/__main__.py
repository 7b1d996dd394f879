"""The plugin process of docker."""

from embedded import stubs

if __name__ == "__main__":
    stubs.use()
    from embedded.providers.docker.package import Docker
    from embedded.providers.serving import serve

    serve(Docker)
