"""Alembic migrations; `tables` names every module that defines one."""
