"""What a mention asks of us, who answers it, and what became of it: labels, routes, cases."""
