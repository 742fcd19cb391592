"""People: how they get in, who they are, whom they act for; imports notifications, bandian.web and bandian.db."""
