"""The plugin process of azure-native."""

from embedded import stubs

if __name__ == "__main__":
    stubs.use()
    from embedded.providers.azure_native.package import AzureNative
    from embedded.providers.serving import serve

    serve(AzureNative)
