"""WHAT WE REMEMBER. One contract of atomic commands (base.py), one file per back end."""
