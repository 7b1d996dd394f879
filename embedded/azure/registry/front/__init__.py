"""The data plane's HTTPS: ACR's sign-in, ``/acr/v1``, and a stream to Distribution."""
