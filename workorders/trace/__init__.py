"""What happened to an order, so that nobody can rewrite it; imports models, `hooks` and signing.pki."""
