"""Who brought a credential in, and where it can still be read."""
