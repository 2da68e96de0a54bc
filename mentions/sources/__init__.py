"""Where mentions come from: one folder for each kind, with a common shape (`base`) and one runner (`run`)."""
