"""What customers say of the service, at the desk: ratings, the box with its complaints; for supervisors."""
