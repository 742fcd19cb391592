"""Forms of the customer's pages and of the manager's steps; imports journey, limits, requests, models and signing."""
