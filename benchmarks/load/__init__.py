"""The second process: what loads a server, apart from the program that starts it."""
