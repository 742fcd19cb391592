"""What was typed is never lost: forms that came too late are kept and shown again, and no form acts twice.

`form_token` names page and reader of every form, `kept` stores what could not be taken, `kept_files` its files,
`filling` puts it back into the page, `repeats` answers a second click. Knows nothing of any form in particular.
"""
