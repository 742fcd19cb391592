"""What leaves the house by SMS and web push, sent once and tried again; imports models, bandian.web and `services`."""
