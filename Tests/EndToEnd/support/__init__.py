"""What the tests stand on: processes, an AWS stand-in, HTTP clients, and waiting with a deadline."""
