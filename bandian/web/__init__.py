"""What holds for every request and every page, whichever app it is for; imports no app."""
