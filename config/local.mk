# Templates that are installed.
