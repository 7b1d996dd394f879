"""Microsoft.Resources: subscriptions, resource groups, and what is in them."""
