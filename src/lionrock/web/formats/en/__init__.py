"""This language's folder of formats."""
