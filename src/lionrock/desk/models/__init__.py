"""The models that read names: which are here, how they did in the exam, which one judges."""
