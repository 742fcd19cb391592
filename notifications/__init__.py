"""What people are told: in their inbox, on their open pages, by SMS and web push; imports bandian.web only."""
