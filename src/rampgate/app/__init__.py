"""Floor 4: the use cases, one file each; they collect facts through adapters and hand them to the pure core."""
