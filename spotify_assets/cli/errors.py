"""The error that every command raises if it cannot do what was asked."""


class CommandError(RuntimeError):
    """A command cannot do what was asked; the message says why and what to do."""
