"""The resource ``docker:index/image:Image``: build and push with the Docker Engine."""
