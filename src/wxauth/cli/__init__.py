"""THE COMMAND. Every sub-command is imported when it is called, so that --help answers at once."""
