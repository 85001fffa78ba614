"""Words every room shares. Data is handed in: no I/O, no Django."""
