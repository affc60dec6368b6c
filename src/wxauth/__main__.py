"""`python -m wxauth` is the command `wxauth`."""

from wxauth.cli.main import main

main(prog_name="python -m wxauth")
