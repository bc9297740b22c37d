"""The keys whose signatures count in the history: made, ended, revoked, listed."""
