"""AWS for tests: moto and OpenStack Swift, jobs of Glue, Lambda, and the ways in which a network fails."""
