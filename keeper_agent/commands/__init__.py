"""One module a command; each is imported only when its command runs, so that the program starts fast."""
