"""Words of texts: folded, in pieces; which say nothing, stand out, or speak of harm."""
