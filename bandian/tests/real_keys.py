"""Keys as a site has them that runs for real, for those that tests and measurements start."""

KEYS = {
    "SECRET_KEY": "q7Vx2LrN9tYb4KmC8wZs3HfJ6dGp5TeRu1XaQyBvE0nMoUiWkDjPhS",
    "SIGNING_PASSPHRASE": "vT8rQz2mXc6Lw9Ns",
    "FIELD_KEY": "k1:tjMip1RLfBDqX+2OvIzuIX37Uwx1SsS4lhgFGm6TFx4=",
}
