"""The command `spotify-assets`, a module for each subcommand: arguments, output, exit codes.

The work itself is in `automation/`, `capture/`, `lake/` and `serving/`; no rule about days or rows belongs here.
"""
