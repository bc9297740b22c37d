"""Floor 5: the commands, one file each, thin: words in, a use case called, text and an exit code out."""
