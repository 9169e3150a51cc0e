"""Stand-ins for the services the lake talks to, for tests only: each runs in a process of its own on 127.0.0.1."""
