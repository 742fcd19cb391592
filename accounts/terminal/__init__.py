"""What an operator types at the terminal about accounts: commands in place of Django's own, which ask in English.

An app of its own, because the first app that has a command is the one whose command is run.
"""
