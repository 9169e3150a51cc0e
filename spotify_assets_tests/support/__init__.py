"""What tests stand on, a room for each thing that is stood in for; nothing here asserts anything about the platform."""
