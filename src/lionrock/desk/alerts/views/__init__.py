"""The alerts' pages: the analysts' behind sign-in, the public site for everybody."""
