"""Pages on their way: claimed, carried out of the house, and what providers say of them."""
