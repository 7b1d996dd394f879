"""The plugin process of azure-native."""

from embedded.providers.azure_native.package import AzureNative
from embedded.providers.serving import serve

if __name__ == "__main__":
    serve(AzureNative)
