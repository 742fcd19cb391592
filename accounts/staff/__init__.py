"""What only staff see: the admin site and what its pages share, photos of managers; `site` imports login and views."""
