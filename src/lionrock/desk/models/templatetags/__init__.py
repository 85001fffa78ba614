"""How shares and targets are written on the page of models."""
