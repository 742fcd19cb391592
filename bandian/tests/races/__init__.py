"""Every page that writes what belongs to an order, raced against every other."""
