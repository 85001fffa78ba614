"""Who works here: people, their roles, the links that let them in, the tokens of their programs."""
