"""Invented enterprises and their orders, made by the services that people use: for the demo server and the tests."""
