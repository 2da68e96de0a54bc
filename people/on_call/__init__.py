"""On call: what is stored about schedules, read and changed; the rules are in `people.rota`."""
