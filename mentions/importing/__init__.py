"""Files of mentions that people send by a page: put aside, looked at, and read in by a worker."""
