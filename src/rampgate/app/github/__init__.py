"""What concerns a repository on GitHub: publishing moves, reading pull requests, set-up and its holes."""
