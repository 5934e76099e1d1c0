"""Those who trade at the venue in virtual time, one family a module."""
