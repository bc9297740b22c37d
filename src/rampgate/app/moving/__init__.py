"""Moving versions up, down and back, on a branch, in one commit."""
