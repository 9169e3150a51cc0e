"""The command `spotify-assets`, a module for each of its commands: arguments, what is printed, exit codes.

What a command does is elsewhere (`automation/`, `capture/`, `lake/`, `serving/`); no rule about days or rows belongs
here.
"""
