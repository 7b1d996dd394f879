"""Everything that is only for machines without Azure or without the Pulumi CLI."""
