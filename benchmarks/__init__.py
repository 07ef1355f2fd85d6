"""What the README's numbers come from: `make bench`. Loopback only, bounded in count and time."""
