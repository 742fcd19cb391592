"""Gives each worker of pytest-xdist a Redis database of its own, as pytest-django gives each a PostgreSQL database.

A plugin that dev.py names with -p: the settings read the environment before any conftest.py is there.
"""

import os

if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    server, _, _ = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{server}/{worker.removeprefix('gw')}"
