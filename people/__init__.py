"""Organisations, members, teams, partners and NDAs, the rota, sign-in, permissions."""
