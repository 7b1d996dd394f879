"""What hangs on a registry: webhooks, scope maps, tokens, replications, cache rules."""
