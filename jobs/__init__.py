"""What runs outside a request: the worker, its jobs, and the table of what runs when."""
