"""What somebody of the house heard or was told: registered by a form, read like any other mention."""
