"""The recorder: what landed or was closed, judged again and appended to the history."""
