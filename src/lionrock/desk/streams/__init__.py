"""Streams of names: where names come from by themselves, how far each was read, who lets it run."""
